import { createRequire } from 'node:module';
import fs from 'node:fs';
import { Shape, twice, late as lateName } from './library.mjs';
import typed from './typed.ts';
import plain, { area } from './plain.cjs';

const require = createRequire(import.meta.url);

console.log(twice(21), area(3), plain.area === area, typed({ name: 'typed' }));
console.log(String(twice), String(Shape), String(() => 1), String(Math.max));
console.log(new Shape(2).grown().size, Shape.count, new Shape(1).toString());

// What is not called while packing is compiled as well.
function* numbers() { yield* [1, 2, 3].map((n) => (() => n * 2)()); }
console.log([...numbers()]);

try {
  plain.fail();
} catch (error) {
  console.log(error.stack.split('\n').slice(0, 2).map((line) => line.trim().replace(/file:\/\//, '')).join(' | '));
}
try {
  typed(undefined);
} catch (error) {
  console.log(error.stack.split('\n').slice(0, 2).map((line) => line.trim()).join(' | '));
}
try {
  undefined.missing.property();
} catch (error) {
  console.log(error.constructor.name, /main\.mjs:\d+:\d+/.exec(error.stack)[0]);
}

const { answer, default: names } = await import(`./${lateName}.mjs`);
console.log(answer, names.join());
const { lazily } = await import('./lazy.cjs');
console.log(lazily());

const first = require('./plain.cjs');
delete require.cache[require.resolve('./plain.cjs')];
const second = require('./plain.cjs');
console.log(first === second, second.area(2));

const twiceLoaded = await import(`./late.mjs?${lateName}`).catch((error) => error.code);
console.log(twiceLoaded);

const bytes = fs.readFileSync(process.execPath, 'latin1');
for (const word of ['zebra' + 'crossing', 'quag' + 'mire', 'yule' + 'tide', 'ob' + 'elisk']) console.log(bytes.includes(`// ${word}`));
console.log(fs.readFileSync(new URL('./data.txt', import.meta.url), 'utf8').trim());
