// What only the engine of WebAssembly can hold is told when it is left, with where it was compiled.
const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);
const kept = { instance: new WebAssembly.Instance(new WebAssembly.Module(bytes)) };
dv8.main(() => console.log(kept));
