import { REQUEST, RESPONSE } from 'dv8:httpParser';
import { make } from './common.mjs';
const { parser, input } = make('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n', REQUEST);
parser.onRequest(() => {
  console.log('end');
  parser.reset(RESPONSE);
});
parser.execute(input.length);
input.write('HTTP/1.1 204 No Content\r\n\r\n');
parser.execute(27);
