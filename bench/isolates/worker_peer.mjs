// The other side of worker.mjs.
import { parentPort } from 'node:worker_threads';
import { answer } from './trips.mjs';

parentPort.on('message', (call) => answer(call, (message, moved) => parentPort.postMessage(message, moved)));
