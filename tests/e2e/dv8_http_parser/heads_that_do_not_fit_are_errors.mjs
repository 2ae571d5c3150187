import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { parse } from './common.mjs';
for (const Parser of [HTTPParser, PicoHTTPParser]) {
  parse(`GET /${'u'.repeat(100)} HTTP/1.1\r\n\r\n`, REQUEST, { work: 100, Parser });
  parse(`GET / HTTP/1.1\r\n${'H: v\r\n'.repeat(20)}\r\n`, REQUEST, { work: 100, Parser });
  parse(`GET / HTTP/1.1\r\n\r\n`, REQUEST, { work: 15, Parser });
  parse(`GET /${'u'.repeat(65535)} HTTP/1.1\r\n\r\n`, REQUEST, { work: 1 << 20, Parser });
  parse(`GET / HTTP/1.1\r\nA: ${'u'.repeat(65535)}\r\n\r\n`, REQUEST, { work: 1 << 20, Parser });
  // It fits to the last byte.
  parse(`GET /${'u'.repeat(77)} HTTP/1.1\r\nH: v\r\n\r\n`, REQUEST, { work: 100, Parser });
}
