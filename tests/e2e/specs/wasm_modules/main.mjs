// A WebAssembly file is a module whose exports are imported by name, and its bytes where it has no default export.
import bytes, { add } from './add.wasm';
import * as namespace from './add.wasm';
import host from './host.wasm';

console.log(add(2, 3), namespace.add === add, bytes instanceof Uint8Array);
console.log((await WebAssembly.instantiate(bytes)).instance.exports.add(4, 5));
console.log((await import('./add.wasm')).add(6, 7));
// What it imports is no module: who has the bytes instantiates them.
const { instance } = await WebAssembly.instantiate(host, { env: { base: () => 10 } });
console.log(instance.exports.plus(1));
