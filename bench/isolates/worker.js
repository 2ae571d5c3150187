// The same with node:worker_threads: a message with a number a call.
const { Worker } = require('node:worker_threads');
const { join } = require('node:path');
const measure = require('./measure.js');

const worker = new Worker(join(__dirname, 'worker_peer.js'));
const waiting = new Map();
let last = 0;
worker.on('message', ({ id, value }) => {
  waiting.get(id)(value);
  waiting.delete(id);
});
function call(name, ...values) {
  return new Promise((resolve) => {
    waiting.set(++last, resolve);
    worker.postMessage({ id: last, name, values }, values.filter((value) => value instanceof ArrayBuffer));
  });
}

(async () => {
  const text = 'x'.repeat(64 << 10);
  let buffer = new ArrayBuffer(64 << 20);
  const results = [await measure(20000, () => call('add', 1, 2)), await measure(5000, () => call('echo', text)),
                   await measure(2000, async () => { buffer = await call('echo', buffer); })];
  console.log(JSON.stringify(results));
  process.exit();
})();
