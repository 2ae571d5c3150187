// The same with Deno's workers, which are the web's.
const worker = new Worker(new URL('./deno_peer.mjs', import.meta.url), { type: 'module' });
const waiting = new Map();
let last = 0;
worker.onmessage = ({ data: { id, value } }) => {
  waiting.get(id)(value);
  waiting.delete(id);
};
function call(name, ...values) {
  return new Promise((resolve) => {
    waiting.set(++last, resolve);
    worker.postMessage({ id: last, name, values }, values.filter((value) => value instanceof ArrayBuffer));
  });
}

async function measure(count, run) {
  for (let i = 0; i < count / 10; i++) await run();
  const start = performance.now();
  for (let i = 0; i < count; i++) await run();
  return count / (performance.now() - start) * 1000;
}

const text = 'x'.repeat(64 << 10);
let buffer = new ArrayBuffer(64 << 20);
const results = [await measure(20000, () => call('add', 1, 2)), await measure(5000, () => call('echo', text)),
                 await measure(2000, async () => { buffer = await call('echo', buffer); })];
console.log(JSON.stringify(results));
globalThis.Deno.exit();
