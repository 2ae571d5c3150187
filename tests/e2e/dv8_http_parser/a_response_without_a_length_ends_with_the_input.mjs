import { RESPONSE } from 'dv8:httpParser';
import { parse } from './common.mjs';
const p = parse('HTTP/1.0 200 OK\r\n\r\nabc', RESPONSE);
console.log(p.execute(0));
