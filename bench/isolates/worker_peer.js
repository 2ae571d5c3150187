// The other side of worker.js.
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id, name, values }) => {
  const value = name === 'add' ? values[0] + values[1] : values[0];
  parentPort.postMessage({ id, value }, value instanceof ArrayBuffer ? [value] : []);
});
