import { two, three } from './has.mjs';
console.log(two, three);
