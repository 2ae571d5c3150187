// What esbuild refuses, and Node finds when it runs the place or links the module that import() asks for.
import later, { tried } from './common.cjs';
import { value } from './values.mjs';
import * as values from './values.mjs';
import typed from './typed.ts';

const constant = 1;
const places = {
  constant() { constant = 2; },
  inAPattern() { [constant] = [2]; },
  shorthand() { ({ constant } = { constant: 2 }); },
  imported() { value++; },
  ofANamespace() { values.value = 2; },
  byAString() { values['value'] = 2; },
  deleted() { delete values.value; },
  typed,
};
for (const [name, place] of Object.entries(places)) {
  try {
    place();
    console.log(name, 'is done');
  } catch (error) {
    console.log(name, error.name);
  }
}
console.log(later.target, tried, constant, value);
for (const load of [() => import('./ambiguous.mjs'), () => import('./broken.mjs'), () => import('./imports-broken.mjs')]) {
  await load().catch((error) => console.log(error.name, error.message));
}
