import { readFileSync } from 'node:fs';
import { count, type Counts } from './count';

const args = process.argv.slice(2);
let limit = 5;
if (args[0] === '-n') [, limit] = args.splice(0, 2).map(Number);

const counts: Counts = new Map();
for (const name of args.length ? args : ['/dev/stdin']) count(readFileSync(name, 'utf8'), counts);

const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
for (const [word, n] of sorted.slice(0, limit)) console.log(String(n).padStart(4), word);
