// Namespaces: sorted names, live values, nothing to write to, ambiguous names left out, circles that work.
import * as all from './all.mjs';
import * as itself from './main.mjs';
import { count, increase } from './counter.mjs';

const held = all;
increase();
console.log(count, all.count, Object.keys(all), all[Symbol.toStringTag], Object.isSealed(all), Object.getPrototypeOf(all));
console.log('both' in all, all.own, itself.later, Reflect.set(all, 'count', 9), Reflect.deleteProperty(all, 'own'), Reflect.deleteProperty(all, 'none'));
for (const change of [() => { held.count = 1; }, () => { delete held.own; }, () => itself.tooEarly]) {
  try { change(); } catch (error) { console.log(error.name); }
}
console.log(Object.getOwnPropertyDescriptor(all, 'own'), await import('./all.mjs') === all, all.even(7));
export const tooEarly = 1;
export var later;
