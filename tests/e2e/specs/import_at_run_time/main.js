import path from 'node:path';

const load = new Function('name', 'return import(name)');
const found = await load('node:path');
console.log(found.default === path, found.join('a', 'b'), Object.prototype.toString.call(found));
try {
  await load('nowhere');
} catch (error) {
  console.log(error.code);
}
