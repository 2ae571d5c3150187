import { readFileSync } from 'node:fs';
import { name } from './lib/name.mjs';

console.log(name, readFileSync(new URL('./data.txt', import.meta.url), 'utf8').trim());
