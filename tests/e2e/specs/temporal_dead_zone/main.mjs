// What is used before its declaration throws, in the entry and across a cycle of modules.
import { early, late } from './cycle.mjs';

export let own = 1;

function attempt(read) {
  try {
    return read();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

console.log(early);
console.log(late());
console.log(attempt(() => after));
console.log(attempt(() => new After()));
let after = 2;
class After {}
console.log(after, new After() instanceof After, After.name, own);
