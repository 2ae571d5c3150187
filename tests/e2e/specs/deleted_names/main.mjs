// esbuild folds these to `delete` of a bare name, which strict code must not have.
import * as all from './value.mjs';
import { value } from './value.mjs';

console.log(delete (null ?? all.value), delete (0, all.value), delete (true ? value : 0), delete (null ?? value));
console.log(all.value, value);
