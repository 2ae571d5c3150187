import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { parse } from './common.mjs';
const heads = [
  'G@T / HTTP/1.1',
  'GET  / HTTP/1.1',
  'GET / HTTP/2.0',
  'GET /\x01 HTTP/1.1',
  'GET / HTTP/1.1\r\nA : b',
  'GET / HTTP/1.1\r\nA: b\r\n c',
  'GET / HTTP/1.1\r\nA: b\x00',
  'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1',
  'GET / HTTP/1.1\r\nContent-Length: +1',
  'GET / HTTP/1.1\r\nTransfer-Encoding: chunked',
  'GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked',
  'GET / HTTP/1.1\r\n' + 'a: b\r\n'.repeat(128) + 'a: b',
];
for (const text of heads) parse(`${text}\r\n\r\n`, 0, { Parser: PicoHTTPParser, work: 4096 });
