// The same with node:worker_threads and comlink, whose package is in the folder that the argument names.
const { Worker } = require('node:worker_threads');
const { join } = require('node:path');
const packages = process.argv[2];
const { transfer, wrap } = require(join(packages, 'comlink'));
const endpoint = require(join(packages, 'comlink', 'dist', 'umd', 'node-adapter.js'));
const { measureTrips } = require('./trips.mjs');

const api = wrap(endpoint(new Worker(join(__dirname, 'comlink_peer.js'), { workerData: packages })));
const moved = (value) => (value instanceof ArrayBuffer ? transfer(value, [value]) : value);
measureTrips((a, b) => api.add(a, b), (value) => api.echo(moved(value))).then(() => process.exit());
