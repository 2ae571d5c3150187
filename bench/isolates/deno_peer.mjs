// The other side of deno.mjs.
globalThis.onmessage = ({ data: { id, name, values } }) => {
  const value = name === 'add' ? values[0] + values[1] : values[0];
  globalThis.postMessage({ id, value }, value instanceof ArrayBuffer ? [value] : []);
};
