// Packages that a program asks for by import.meta.resolve(), or as npm's `resolve` finds them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const resolve = { sync: (name, { basedir }) => createRequire(`${basedir}/main.js`).resolve(name) };
const nameIn = (file) => JSON.parse(readFileSync(file, 'utf8')).name;
const file = fileURLToPath(import.meta.resolve('he/package.json'));
console.log(relative(import.meta.dirname, file), nameIn(file));
console.log(nameIn(resolve.sync('semver/package.json', { basedir: import.meta.dirname })));
