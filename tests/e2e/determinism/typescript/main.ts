import { helper } from './lib/helper';
import fs from 'node:fs';
import http from 'node:http';
import { format } from 'node:util';
const words: Map<string, number> = new Map();
for (const w of 'a b c d e f g'.split(' ')) words.set(w, helper(w));
dv8.main(() => console.log(format('%d', words.size), typeof (fs.readFileSync && http.createServer), [...words.keys()].join('')));
