'use strict';

// Runs one of Node's test/wpt files with processes where Node's harness (test/common/wpt.js) takes workers:
//   program wpt_in_processes.js TEST [SPEC]
// The harness makes a `Worker` per spec, gives it `workerData`, listens to its messages and terminates it.

const { fork } = require('child_process');
const { EventEmitter } = require('events');
const path = require('path');
const threads = require('worker_threads');

// What JSON cannot hold of workerData: regular expressions.
function encode(data) {
  return JSON.stringify(data, (key, value) =>
    (value instanceof RegExp ? { regExp: [value.source, value.flags] } : value));
}

function decode(text) {
  return JSON.parse(text, (key, value) => (value?.regExp ? new RegExp(...value.regExp) : value));
}

class ProcessAsWorker extends EventEmitter {
  #child;

  constructor(file, { execArgv, workerData }) {
    super();
    this.#child = fork(__filename, ['--worker', file], { execArgv });
    this.#child.send(encode(workerData));
    this.#child.on('message', (message) => {
      if (message.error) {
        this.emit('error', Object.assign(new Error(message.error.message), message.error));
      } else {
        this.emit('message', message);
      }
    });
    this.#child.on('exit', (code, signal) => {
      if (signal !== null && signal !== 'SIGKILL') this.emit('error', new Error(`killed by ${signal}`));
      this.emit('exit', code);
    });
  }

  terminate() {
    this.#child.kill('SIGKILL');
  }
}

if (process.argv[2] === '--worker') {
  const file = process.argv[3];
  process.once('message', (text) => {
    Object.defineProperty(threads, 'workerData', { value: decode(text) });
    Object.defineProperty(threads, 'parentPort', { value: { postMessage: (message) => process.send(message) } });
    process.once('uncaughtException', (error) => {
      const { message, stack, name } = Object(error);
      process.send({ error: { message: message ?? String(error), stack, name } }, () => process.exit(1));
    });
    require(file);
  });
} else {
  threads.Worker = ProcessAsWorker;
  process.argv.splice(1, 2, path.resolve(process.argv[2]));
  require(process.argv[1]);
}
