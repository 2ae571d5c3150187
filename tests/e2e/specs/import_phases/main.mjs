// Deferred modules are evaluated at once, as V8 defers none. The source of a WebAssembly module is its module.
import defer * as later from './later.mjs';
import source module from './add.wasm';

console.log(later.value, (await import.defer('./later.mjs')) === later);
const { exports } = await WebAssembly.instantiate(module);
console.log(module instanceof WebAssembly.Module, exports.add(1, 2));
console.log((await import.source('./add.wasm')) === module);
