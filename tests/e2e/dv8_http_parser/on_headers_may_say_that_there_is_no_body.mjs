import { RESPONSE } from 'dv8:httpParser';
import { make } from './common.mjs';
const { parser, input } = make('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 No\r\n\r\n', RESPONSE);
parser.onHeaders(() => true);
parser.execute(input.length);
