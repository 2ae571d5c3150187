import { parentPort, threadName, workerData } from 'node:worker_threads';
import { basename } from 'node:path';

parentPort.once('message', (name) => {
  parentPort.postMessage([`${workerData.greeting}, ${name}`, threadName, basename(import.meta.filename)]);
});
