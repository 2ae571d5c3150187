import { nothing } from './lib.mjs';
console.log(nothing);
