// process.spawn() of v0.0.6: a thread with messages that carry who sent them.
import { manifest } from 'internal:payload';
import { takesErrorAndStatus } from './dv8_vintages.js';
import { lookup } from './registry.js';
import { theProcess } from './process_state.js';

function threads() {
  const thread = lookup('dv8:thread');
  if (thread === undefined) throw new Error("spawn: the program was packed without dv8:thread; library('thread', {}) adds it");
  return thread;
}

/** The program's `process`: dv8's with --env=core, when the program names it, else Node's. */
export function programProcess() {
  return (manifest('env') === 'core' ? lookup('dv8:core_process')?.process : undefined) ?? theProcess;
}

/** spawn() of dv8:thread, for a Process. @throws {Error} when the program was packed without dv8:thread. */
export function spawn(source, onComplete, options) { return threads().spawn(source, onComplete, options); }

/**
 * Starts a function or a file as a thread. `onComplete` gets {err, thread, status}, or (error, status) when it has
 * two parameters. With `ipc`, or without options, the thread has `send(value)`, `sendString(text)`, `onMessage(fn)` and `sock`, as the
 * process in it has; `fn` gets {opCode, threadId, length, payload}. `buffer`, and `view` over it, is the memory that it shares.
 */
export function processSpawn(source, onComplete = undefined, options = { ipc: true }) {
  const process = programProcess();
  let told = onComplete;
  if (typeof onComplete === 'function') {
    told = (error, status) => {
      delete process.threads?.[thread.id];
      if (takesErrorAndStatus(onComplete)) onComplete(error, status);
      else onComplete({ err: error, thread, status });
    };
    Object.defineProperty(told, 'length', { value: 2 });
  }
  const thread = threads().spawnForProcess(source, told, options);
  if (process.threads !== undefined) process.threads[thread.id] = thread;
  return thread;
}
