import text from './note.txt' with { type: 'text' };
import data from './data.json' with { type: 'json' };
import cjs, { named } from './old.cjs';
import * as space from './shape.mjs';

console.log(typeof require, typeof module, this);
try {
  undeclared = 1;
} catch (error) {
  console.log(error.name);
}
console.log(text.trim(), data.list.length, named, cjs.sloppy, cjs.reserved);
console.log(new cjs.Shape().constructor.name, new space.Shape().constructor.name);
console.log(Object.prototype.toString.call(space), import.meta.filename, import.meta.main);
console.log(cjs.again(), cjs.again() === cjs, cjs.children, cjs.id);
console.log((await import('./late.mjs')).default);
