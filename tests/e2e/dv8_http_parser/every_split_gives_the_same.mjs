import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { head } from './common.mjs';
const text = 'POST /url/longer HTTP/1.1\r\nHost: example\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nA: b\r\n\r\n';
const results = new Set();
for (const Parser of [HTTPParser, PicoHTTPParser]) {
  for (let step = 1; step <= text.length; step++) {
    const input = Buffer.alloc(200),
      w = Buffer.alloc(200),
      parser = new Parser();
    let log = '';
    parser.setup(input, w);
    Parser === HTTPParser ? parser.reset(REQUEST) : parser.reset();
    parser.onHeaders(() => {
      log += head(w);
    });
    parser.onBody((n, at) => {
      log += input.toString('latin1', at, at + n);
    });
    parser.onRequest(() => {
      log += '.';
    });
    parser.onError((n, m) => {
      log += m;
    });
    for (let at = 0; at < text.length; at += step) {
      const n = input.write(text.slice(at, at + step), 'latin1');
      if (parser.execute(n) !== n) log += '!';
    }
    results.add(log);
  }
}
for (const log of results) console.log(log);
