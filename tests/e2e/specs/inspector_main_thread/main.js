// A worker asks the first thread's inspector, and the first thread asks the worker's.
const { Session } = require('node:inspector');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');

if (isMainThread) {
  globalThis.place = 'first thread';
  const worker = new Worker(__filename, { name: 'twin' });
  const session = new Session();
  session.connect();
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    console.log(workerInfo.type, workerInfo.title, workerInfo.url.startsWith('file:///app/'));
    session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id: 5, method: 'Runtime.evaluate', params: { expression: 'place' } }) });
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { message } }) => {
    console.log(JSON.parse(message).result.result.value);
    worker.postMessage('ask');
  });
  session.on('NodeWorker.detachedFromWorker', () => {
    console.log('detached');
    session.disconnect();
  });
  worker.once('message', () => session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }));
} else {
  globalThis.place = 'worker';
  parentPort.postMessage('ready');
  parentPort.once('message', () => {
    const session = new Session();
    session.connectToMainThread();
    session.post('Runtime.evaluate', { expression: 'place' }, (error, { result }) => {
      console.log(error, result.value);
      session.disconnect();
      parentPort.close();
    });
    // An answer alone keeps no thread alive.
    parentPort.ref();
  });
}
