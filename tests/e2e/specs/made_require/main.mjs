// require() functions that a module makes for itself, by any name, find what require() of a package is.
import * as module from 'node:module';
import { createRequire, createRequire as makeRequire, findPackageJSON } from 'node:module';
import { kind } from 'two-kinds';

const load = module.createRequire(import.meta.url);
console.log(kind, createRequire(import.meta.url)('two-kinds').kind, load('only-named').kind);
console.log(makeRequire(import.meta.filename)('made-by-alias'), findPackageJSON('only-its-json', import.meta.url));
