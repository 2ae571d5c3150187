import { createRequire } from 'node:module';
import semver from 'semver';
import escape from 'escape-string-regexp';
import { parse } from 'yaml';
import type { Shape } from './lib/shapes';
import { area, Kind } from './lib/shapes';
import * as legacy from './lib/legacy.cjs';
import data from './data.json';
import View from './lib/view';

const require = createRequire(import.meta.url);
const path = require('node:path') as typeof import('node:path');

const shapes: Shape[] = [
  { kind: Kind.Circle, size: 1 },
  { kind: Kind.Square, size: 3 },
];
console.log(shapes.map((s) => area(s).toFixed(2)).join(' '));
console.log(legacy.twice(21), legacy.default.name);
console.log(data.list.length, data.nested.deep);
console.log(escape('a.b*c'));
console.log(semver.satisfies('1.2.3', '^1.0.0'), semver.inc('1.2.3', 'minor'), path.basename('/a/b.ts', '.ts'));
console.log(JSON.stringify(parse('a: [1, 2]\nb: {c: true}')));
console.log(JSON.stringify(View({ title: 'x' })));
const lazy = await import('./lib/lazy.mjs');
console.log(lazy.default, lazy.loaded);
