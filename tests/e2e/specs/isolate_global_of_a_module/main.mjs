// The global `isolate` in a program of modules, which keeps the globals of the web.
import { add } from './add.mjs';

console.log(typeof isolate.spawn, performance.now() > 0, typeof performance.mark, typeof require, add(1, 2));
const done = isolate.spawn({ code: 'isolate.exit(performance.now() > 0)', onExit: (value, reason) => console.log(value, reason) });
console.log(typeof done.kill);
