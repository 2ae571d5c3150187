// The other side of comlink.js.
const { parentPort, workerData } = require('node:worker_threads');
const { join } = require('node:path');
const { expose, transfer } = require(join(workerData, 'comlink'));
const endpoint = require(join(workerData, 'comlink', 'dist', 'umd', 'node-adapter.js'));
expose({
  add: (a, b) => a + b,
  echo: (value) => (value instanceof ArrayBuffer ? transfer(value, [value]) : value),
}, endpoint(parentPort));
