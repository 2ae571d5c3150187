// A package that names itself: conditions by who asks, patterns, what is closed, and names of its own.
import { createRequire } from 'node:module';
import way from 'own/way';
import plain from 'own/plain';
import special from 'own/special';
import one from 'own/parts/one';
import part from '#part';
import again from '#parts/one.js';

const require = createRequire(import.meta.url);
console.log(way, plain, special.default ?? special, one, part, again);
console.log(require('own/way').default, require('own/plain').default, require('#part').default, import.meta.resolve('own/plain'), require.resolve('own/plain'));
for (const closed of ['own/parts/hidden', 'own', 'own/import.mjs', '#none']) {
  try { require(closed); } catch (error) { console.log(error.code); }
  await import(closed).catch((error) => console.log(error.code));
}
