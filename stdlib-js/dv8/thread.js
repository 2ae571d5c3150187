/**
 * @module dv8:thread — threads: JavaScript with globals, a heap and a loop of its own, started from the
 * program's snapshot. Threads share no objects; they share the memory that start() is given.
 *
 * A thread's program is the body of a function, which sees nothing of what is around it, or a file. It
 * takes modules by `module('x', {})` and `library('x', {})`; those that any part of the program names are
 * there. `workerData` is the shared memory: a Buffer for a function, an ArrayBuffer for a file.
 *
 * @example
 * import { Thread } from 'dv8:thread';
 * const memory = new Int32Array(new SharedArrayBuffer(8));
 * const thread = new Thread();
 * thread.start(() => {
 *   const numbers = new Int32Array(workerData.bytes);
 *   for (let i = 0; i < 1000; i++) Atomics.add(numbers, 0, i);
 * }, (error, status) => {
 *   console.log(error, status, memory[0]); //> null 0 499500
 * }, memory);
 */
import { Thread as NativeThread } from 'internal:dv8_thread';
import * as assets from 'internal:assets';
import { decode } from 'internal:buffer';
import * as fs from 'internal:fs';
import { errorText } from 'internal:dv8_stream';
import { Buffer } from '../internal/dv8_buffer.js';
import { memory as kMemory } from '../internal/dv8_bytes.js';
import { Channel } from '../internal/dv8_channel.js';
import { heldBytes } from '../internal/dv8_memory.js';
import { callable } from './core.js';

const UTF8 = 1; // What fs.readFile gives.

/** What a file at `path` holds: one that was packed, or one on the disk. */
function textOf(path) {
  const packed = assets.count() > 0 ? assets.find(path.startsWith('/') ? path : `/app/${path.replace(/^\.\//, '')}`) : -1;
  if (packed < 0) return fs.readFile(path, fs.O_RDONLY, UTF8);
  const bytes = new Uint8Array(assets.read(packed));
  return decode(bytes, 0, bytes.length, 0);
}

// What a thread's program begins with: its `module` can be called, a function's memory is a Buffer, and
// a spawned one has its channel.
export function prepare(mod, wantsBuffer, channelFd, id) {
  if (channelFd >= 0) {
    const channel = new Channel(id);
    channel.connect(channelFd);
    globalThis.send = (value) => channel.send(value);
    globalThis.onMessage = (fn) => channel.onMessage(fn);
  }
  if (wantsBuffer && globalThis.workerData !== undefined) {
    const buffer = new Buffer();
    buffer[kMemory] = globalThis.workerData;
    globalThis.workerData = buffer;
  }
  return callable(mod);
}

function wrapper(body, wantsBuffer, channelFd, id) {
  return `(function(require,module,exports,__dv8_require,__dv8_load){module=__dv8_require("dv8:thread").prepare(module,${wantsBuffer},${channelFd},${id});${body}\n})`;
}

/** The Error that ended a thread, from the text that would have ended a program. */
function asError(text) {
  const start = text.search(/^(?:Uncaught )?\[?[\w$]*Error\b/m);
  const stack = (start < 0 ? text : text.slice(start)).trimEnd();
  const [, name, message] = /^(?:Uncaught )?\[?(?:([\w$]*Error)(?: \[\w+\])?: )?(.*)/.exec(stack);
  return Object.defineProperties(new Error(message), {
    name: { value: name ?? 'Error', writable: true, configurable: true },
    stack: { value: stack, writable: true, configurable: true },
  });
}

let startWith;

/** A thread; it runs once. */
export class Thread {
  #native;

  /**
   * Starts it.
   * @param {function|string|URL} source - a function, or the path of a file: one that was packed with
   *   --asset, from the entry's folder, else one on the disk.
   * @param {function} [onComplete] - called with (error, status) when it has ended: null, or the Error that
   *   nothing in it caught; and its exit code. Without it such an error ends the program.
   * @param {Buffer|ArrayBuffer|SharedArrayBuffer|TypedArray} [memory] - that it shares.
   * @returns {Thread} itself.
   * @throws {Error} with code ENOENT when there is no such file, EAGAIN when the system has no threads left.
   */
  start(source, onComplete = undefined, memory = undefined) { return this.#start(source, onComplete, memory, -1, 0); }

  static {
    startWith = (thread, ...args) => thread.#start(...args);
  }

  #start(source, onComplete, memory, channelFd, id) {
    if (this.#native !== undefined) throw new Error('start: a thread runs once');
    if (onComplete !== undefined && typeof onComplete !== 'function') throw new TypeError('start: the callback must be a function');
    const isFunction = typeof source === 'function';
    const path = isFunction ? '' : String(source?.pathname ?? source);
    // A method has no meaning by itself; it has as a property of an object.
    const text = isFunction ? Function.prototype.toString.call(source) : textOf(path);
    const body = isFunction ? `return (${/^(async\s+)?(function\b|class\b|\(|[\w$]+\s*=>)/.test(text) ? text : `({${text}})[${JSON.stringify(source.name)}]`}).call(globalThis);` : text;
    const native = new NativeThread((error, status) => {
      if (error === undefined) {
        onComplete?.(null, status);
        return;
      }
      const failure = asError(error);
      if (onComplete === undefined) throw failure;
      onComplete(failure, status);
    });
    const rc = native.start(wrapper(body, isFunction, channelFd, id), isFunction ? 'thread' : path, memory === undefined ? undefined : heldBytes(memory, 'start: the memory'));
    if (rc < 0) {
      const message = errorText(rc);
      throw Object.assign(new Error(`${message}, pthread_create`), { code: message.slice(0, message.indexOf(':')), errno: rc, syscall: 'pthread_create' });
    }
    this.#native = native;
    return this;
  }

  /** Ends it, whatever it does: an endless loop too. onComplete follows. Harmless when it has ended. */
  stop() { this.#native?.stop(); }

  /** It does not keep the program going. */
  unref() { this.#native?.setRef(false); }

  /** It keeps the program going, as it does at first. */
  ref() { this.#native?.setRef(true); }
}

let lastId = 0;

/**
 * Starts a function as a thread.
 * @param {function} fn - as Thread.start() takes it.
 * @param {function} [onComplete] - as Thread.start() takes it.
 * @param {object} [options] - ipc: whether messages go between the two; memory: that they share.
 * @returns {Thread} with ipc it has `send(value)` and `onMessage(fn)`, as globals in the thread do. A value is
 *   a string, a buffer, or what JSON can hold, of 65535 bytes at most. Who listens keeps its loop going
 *   until the other side ends.
 */
export function spawn(fn, onComplete = undefined, { ipc = false, memory = undefined } = {}) {
  if (typeof fn !== 'function') throw new TypeError('spawn: a function is needed');
  const thread = new Thread();
  if (!ipc) return thread.start(fn, onComplete, memory);
  lastId = (lastId % 255) + 1;
  const channel = new Channel(lastId);
  const fd = channel.open();
  startWith(thread, fn, (error, status) => channel.afterLast(() => {
    if (onComplete !== undefined) onComplete(error, status);
    else if (error !== null) throw error;
  }), memory, fd, lastId);
  thread.send = (value) => channel.send(value);
  thread.onMessage = (listener) => channel.onMessage(listener);
  return thread;
}

export default { Thread, spawn, prepare };
