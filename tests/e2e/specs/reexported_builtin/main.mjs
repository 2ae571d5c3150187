// The names of what CommonJS re-exports are a builtin's, too.
import * as path from './first.cjs';
import { join } from './first.cjs';

console.log(path.default.join('a', 'b'), path.join('c', 'd'), join('e', 'f'));
