// What Node's WebAssembly has beside V8's own: a Response is compiled, and a module's call of a function that gives a
// promise waits for it.
const bytes = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, // Its head.
  1, 5, 1, 96, 0, 1, 127, // A type: () → i32.
  2, 7, 1, 1, 109, 1, 102, 0, 0, // Imports m.f.
  3, 2, 1, 0, 7, 5, 1, 1, 103, 0, 1, // Exports g ...
  10, 6, 1, 4, 0, 16, 0, 11, // ... which calls f.
]);
const response = () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } });

console.log('Suspending' in WebAssembly, WebAssembly.compileStreaming.length, WebAssembly.instantiateStreaming.length);
const module = await WebAssembly.compileStreaming(response());
console.log(WebAssembly.Module.imports(module));
const suspending = new WebAssembly.Suspending(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return 42;
});
const { instance } = await WebAssembly.instantiateStreaming(Promise.resolve(response()), { m: { f: suspending } });
console.log(await WebAssembly.promising(instance.exports.g)());
for (const source of [1, new Response(bytes), new Response('', { status: 404, headers: { 'content-type': 'application/wasm' } }),
                      new Response('no module', { headers: { 'content-type': 'application/wasm' } })]) {
  await WebAssembly.compileStreaming(source).catch((error) => console.log(error.name, error.code, error.message));
}
