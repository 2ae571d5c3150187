// The same with node:worker_threads and comlink, whose package is in the folder that the argument names.
const { Worker } = require('node:worker_threads');
const { join } = require('node:path');
const packages = process.argv[2];
const { transfer, wrap } = require(join(packages, 'comlink'));
const endpoint = require(join(packages, 'comlink', 'dist', 'umd', 'node-adapter.js'));
const measure = require('./measure.js');

const api = wrap(endpoint(new Worker(join(__dirname, 'comlink_peer.js'), { workerData: packages })));

(async () => {
  const text = 'x'.repeat(64 << 10);
  let buffer = new ArrayBuffer(64 << 20);
  const results = [await measure(20000, () => api.add(1, 2)), await measure(5000, () => api.echo(text)),
                   await measure(2000, async () => { buffer = await api.echo(transfer(buffer, [buffer])); })];
  console.log(JSON.stringify(results));
  process.exit();
})();
