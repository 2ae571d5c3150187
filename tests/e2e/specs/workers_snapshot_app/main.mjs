import { Worker, isMainThread, threadId } from 'node:worker_threads';

const made = new Map([['answer', 42]]);
dv8.main(() => {
  console.log(isMainThread, threadId, made.get('answer'));
  new Worker(new URL('./worker.mjs', import.meta.url), { workerData: made }).on('message', (message) => console.log(...message));
});
