// The same with node:worker_threads: a message with a number a call.
import { Worker } from 'node:worker_threads';
import { callsBy, measureTrips } from './trips.mjs';

const worker = new Worker(new URL('./worker_peer.mjs', import.meta.url));
const { call, take } = callsBy((message, moved) => worker.postMessage(message, moved));
worker.on('message', take);
await measureTrips((a, b) => call('add', a, b), (value) => call('echo', value));
process.exit();
