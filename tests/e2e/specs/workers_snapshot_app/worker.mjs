import { isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';

parentPort.postMessage([isMainThread, threadId, workerData.get('answer')]);
