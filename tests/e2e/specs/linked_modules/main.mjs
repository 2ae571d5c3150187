// ES modules lie linked in the snapshot: live bindings, cycles, namespaces, import.meta, what is imported later.
import fs, { existsSync } from 'node:fs';
import * as a from './a.mjs';
import first, { b as again } from './b.mjs';
import text from './note.txt' with { type: 'text' };
import plain, { word } from './plain.cjs';

console.log(typeof fs.readFileSync, fs.existsSync === existsSync);
console.log(a, Object.isSealed(a), Reflect.ownKeys(a).length);
a.change();
console.log(a.live, first(), again, text.trim(), plain, word);
console.log(import.meta.url, import.meta.filename, import.meta.dirname, import.meta.main, import.meta.resolve('./a.mjs'));
console.log((await import('./a.mjs')) === a, (await import('./late.mjs')).default, this);
await import('./missing.mjs').catch((error) => console.log(error.code));
