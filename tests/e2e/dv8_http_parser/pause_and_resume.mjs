import { REQUEST } from 'dv8:httpParser';
import { make } from './common.mjs';
const { parser, input } = make(
  'GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /3 HTTP/1.1\r\n\r\n',
  REQUEST,
);
let count = 0;
parser.onRequest(() => {
  console.log('end', ++count);
  if (count === 1) parser.pause();
});
console.log(parser.execute(input.length) < input.length, parser.execute(input.length));
parser.onBody((n) => {
  console.log('body', n);
  parser.pause();
});
console.log(parser.resume() < input.length);
console.log(parser.resume() === input.length);
const q = make('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n', REQUEST);
q.parser.onHeaders(() => {
  q.parser.pause();
  q.parser.resume();
});
console.log(q.parser.execute(q.input.length) === q.input.length);
