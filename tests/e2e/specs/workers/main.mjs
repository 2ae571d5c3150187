import path from 'node:path';
import { Worker, SHARE_ENV, threadId } from 'node:worker_threads';

const end = (worker) => new Promise((resolve) => {
  const messages = [];
  let error;
  worker.on('message', (message) => messages.push(message));
  worker.on('error', ({ name, message, code }) => { error = [name, message, code]; });
  worker.on('exit', (code) => resolve([messages, error, code]));
});
const show = async (name, worker) => console.log(name, JSON.stringify(await end(worker)));
const text = (source, options) => new Worker(source, { eval: true, ...options });

console.log('first thread', threadId);

// Files of the program.
const greeter = new Worker(new URL('./lib/greeter.mjs', import.meta.url), { workerData: { greeting: 'hello' }, name: 'greeter' });
greeter.postMessage('world');
await show('module', greeter);
await show('script', new Worker(path.join(import.meta.dirname, 'lib/script.cjs'), { argv: ['a', 1] }));

await show('relative', new Worker('./lib/script.cjs'));

// Texts.
await show('eval', text("require('node:worker_threads').parentPort.postMessage([__filename, typeof module])"));
await show('data', new Worker(new URL("data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.postMessage(1)")));

// Ends.
await show('exit', text('process.exit(7)'));
await show('exitCode', text('process.exitCode = 5'));
await show('throw', text("throw new TypeError('bad')"));
await show('reject', text("Promise.reject(new RangeError('late'))"));
await show('missing', new Worker('/nowhere/a.js'));
await show('memory', text('const all = []; for (;;) all.push([all])', { resourceLimits: { maxOldGenerationSizeMb: 16 } }));
const busy = text("require('node:worker_threads').parentPort.postMessage('begun'); for (;;);");
busy.once('message', () => busy.terminate());
await show('terminate', busy);

// What is shared and what is not.
process.env.COLOR = 'red';
await show('own environment', text("process.env.COLOR = 'blue'"));
console.log(process.env.COLOR);
await show('shared environment', text("process.env.COLOR = 'green'", { env: SHARE_ENV }));
console.log(process.env.COLOR);
await show('given environment', text("require('node:worker_threads').parentPort.postMessage({ ...process.env })", { env: { SIZE: 3 } }));
await show('folder', text("process.chdir('/')"));
const cells = new Int32Array(new SharedArrayBuffer(8));
const waiter = text("const cells = require('node:worker_threads').workerData; Atomics.wait(cells, 0, 0); cells[1] = cells[0] * 2", { workerData: cells });
waiter.once('online', () => { Atomics.store(cells, 0, 21); Atomics.notify(cells, 0); });
await end(waiter);
console.log('memory', cells[1]);

// Streams.
const piped = text('process.stdin.pipe(process.stdout)', { stdin: true, stdout: true });
piped.stdin.end('through a worker');
piped.stdout.setEncoding('utf8').on('data', (data) => console.log(data));
await end(piped);
text("console.log('printed by a worker')");
