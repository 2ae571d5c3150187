import { ready } from './later.mjs';
console.log('start', ready);
const value = await new Promise((resolve) => setTimeout(resolve, 5, 'waited'));
console.log(value);
for await (const n of (async function* () { yield 1; yield 2; })()) console.log(n);
process.exitCode = 3;
