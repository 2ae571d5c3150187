// Modules that are evaluated while the program is packed: files, formats of a locale, modules of both kinds.
import { readFile } from 'node:fs/promises';
import * as counter from './counter.mjs';
import plain, { named } from './plain.cjs';
import data from './data.json' with { type: 'json' };

const text = (await readFile(new URL('data.json', import.meta.url), 'utf8')).trim();
const number = (1234.5).toLocaleString('en-US');
const sorted = ['b', 'ä', 'a'].sort((x, y) => x.localeCompare(y, 'en')).join('');
counter.increment();
const made = new Error('made while packing');
setTimeout(() => counter.increment(), 1);

dv8.main(async () => {
  counter.increment();
  const { increment, value } = await import('./counter.mjs');
  console.log(text, number, sorted, value, increment === counter.increment, counter[Symbol.toStringTag]);
  console.log(plain.value, named, plain.times(), data.key, import.meta.main, import.meta.filename);
  console.log(made.stack.split('\n')[1].includes('main.mjs:11'), (5678).toLocaleString('en-US'));
  console.log((await import('./late.mjs')).default);
});
