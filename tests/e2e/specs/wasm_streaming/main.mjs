// A module compiled from what fetch() gives.
const bytes = 'AGFzbQEAAAABBwFgAn9/AX8DAgEABwUBAWEAAAoJAQcAIAAgAWoL';
const answer = (type) => fetch(`data:${type};base64,${bytes}`);

const { instance, module } = await WebAssembly.instantiateStreaming(answer('application/wasm'), {});
console.log(instance.exports.a(2, 3), WebAssembly.Module.exports(module)[0].name);
console.log((await WebAssembly.compileStreaming(await answer('application/wasm'))) instanceof WebAssembly.Module);
for (const source of [answer('text/plain'), 'a text', new Response('no module', { headers: { 'content-type': 'application/wasm' } })]) {
  await WebAssembly.compileStreaming(source).catch((error) => console.log(error.name, error.code));
}
