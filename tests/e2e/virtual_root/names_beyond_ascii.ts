// Files with names in any script, as modules, data and text.
import { größe } from './größe/maß.js';
import 数 from './größe/数 据.json' with { type: 'json' };
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('./gr%C3%B6%C3%9Fe/', import.meta.url);
console.log(größe, 数, readFileSync(new URL('naïve text#1?.txt'.replace('#', '%23').replace('?', '%3F'), folder), 'utf8').trim());
console.log(readdirSync(fileURLToPath(folder)).length, import.meta.url.endsWith('/main.ts'), (await import('./größe/😀.mjs')).default);
