import { RESPONSE } from 'dv8:httpParser';
import { parse } from './common.mjs';
parse('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno', RESPONSE);
