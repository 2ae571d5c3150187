// While packing, the global has all that it has when the program runs; what is dead by the end leaves no trace.
const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65, 42, 11]);
const answer = () => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.f();
const early = answer();
let late;
WebAssembly.instantiate(bytes).then(({ instance }) => { late = instance.exports.f(); });
const counted = (() => { const cells = new Int32Array(new SharedArrayBuffer(8)); return Atomics.add(cells, 0, 2) + cells[0]; })();
const half = new Float16Array([1.5]), level = new WebAssembly.Global({ value: 'i32', mutable: true }, 3);
const registry = new FinalizationRegistry(() => {}), weak = new WeakRef(registry);
{ using stack = new DisposableStack(); stack.defer(() => {}); }
registry.register({}, 'gone');
const blob = new Blob(['kept']), url = new URL('http://host/path?query');
Error.stackTraceLimit = 3;

dv8.main(async () => {
  console.log(early, late, answer(), counted, new SharedArrayBuffer(4).byteLength);
  console.log(half, level.value, ++level.value, new DataView(half.buffer).getFloat16(0, true), weak.deref() === registry);
  console.log(await blob.text(), url.search, Error.stackTraceLimit);
});
