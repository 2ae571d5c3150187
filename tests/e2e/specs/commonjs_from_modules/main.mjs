// What ES modules see of CommonJS: module.exports as the default, whatever __esModule says, and the names that can be
// told from the text.
import plain, { named } from './plain.cjs';
import * as marked from './marked.cjs';
import zero from './zero.cjs';
import star, { later } from './reexports.cjs';

console.log(plain === (await import('./plain.cjs'))['module.exports'], plain.named, named, typeof plain);
console.log(typeof marked.default, marked.default.default, marked.one, Object.keys(marked));
console.log(zero, star.later, later, typeof require, typeof module, this);
console.log((await import('./zero.cjs')).default, (await import('./late.cjs')).name, (await import('./late.cjs')).default.name);
