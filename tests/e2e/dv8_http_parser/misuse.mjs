import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { attempt, make } from './common.mjs';
for (const Parser of [HTTPParser, PicoHTTPParser]) {
  const p = new Parser(),
    b = new Uint8Array(64);
  const reset = (...args) => (Parser === HTTPParser ? p.reset(REQUEST, ...args) : p.reset(...args));
  attempt(() => p.execute(1));
  attempt(() => reset());
  attempt(() => p.setup(b));
  attempt(() => p.setup(b, new ArrayBuffer(8, { maxByteLength: 16 })));
  p.setup(b, b);
  attempt(() => reset({}));
  attempt(() => reset(p));
  attempt(() => p.execute(65));
  attempt(() => p.execute(-1));
  attempt(() => p.execute(NaN));
  attempt(() => p.onHeaders(1));
  attempt(() => Parser());
  attempt(() => Parser.prototype.onHeaders.call({}, () => {}));
  // A callback that calls execute, and one that throws.
  const q = make('GET / HTTP/1.1\r\n\r\n', REQUEST, { Parser });
  q.parser.onHeaders(() => {
    attempt(() => q.parser.execute(1));
  });
  q.parser.onRequest(() => {
    throw new Error('mine');
  });
  attempt(() => q.parser.execute(q.input.length));
  // Other buffers in a callback, and none that are kept.
  const r = make('GET / HTTP/1.1\r\n\r\n'.repeat(2), REQUEST, { Parser });
  r.parser.onHeaders(() => {
    r.parser.setup(new Uint8Array(1), new Uint8Array(100));
  });
  attempt(() => r.parser.execute(r.input.length));
  // Input and work buffer are the same memory: nonsense, but no more.
  const same = Buffer.alloc(300);
  same.write('GET /' + 'x'.repeat(200) + ' HTTP/1.1\r\nA: b\r\n\r\n');
  const s = new Parser();
  s.setup(same, same);
  Parser === HTTPParser ? s.reset(REQUEST) : s.reset();
  attempt(() => s.execute(300) <= 300);
}
attempt(() => new HTTPParser().reset(2));
