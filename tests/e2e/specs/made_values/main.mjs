import { createRequire } from 'node:module';
import base from './a.b64';
import url from './a.url';
import nothing from './a.nothing';
import text from './a.txt';

console.log(base, url, nothing, JSON.stringify(text));
console.log(createRequire(import.meta.url)('./a.url') === url);
