import { REQUEST } from 'dv8:httpParser';
import { parse } from './common.mjs';
const p = parse('G@T / HTTP/1.1\r\n\r\n');
console.log(p.execute(3));
p.reset(REQUEST);
parse('GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n');
const q = parse('GET / HT');
q.execute(0);
