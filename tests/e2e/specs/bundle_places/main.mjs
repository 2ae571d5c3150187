// In one module each file has its own place, and what only a computed name leads to stays a module beside it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import old from './lib/old.cjs';
import { place, part } from './lib/deep/place.mjs';

console.log(import.meta.main, import.meta.filename);
console.log(old.place());
console.log(place);
console.log(await part('two'));
console.log(old.load('one'), old.load('three'));
console.log(old.resolved(), old.one('one'), old.one('three.js'));
try {
  old.one('none');
} catch (error) {
  console.log(error.code);
}
console.log(readFileSync(path.join(import.meta.dirname, 'parts', 'note.txt'), 'utf8').trim());
