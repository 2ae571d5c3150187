/**
 * @module dv8:thread — threads: JavaScript with globals, a heap and a loop of its own, started from the
 * program's snapshot. Threads share no objects; they share the memory that start() is given.
 *
 * A thread's program is the body of a function, which sees nothing of what is around it, or a script. It
 * takes modules by `module('x', {})` and `library('x', {})`; those that any part of the program names are
 * there. Its `require(path)` is that of dv8:core: it runs packed scripts, assets and files on the disk.
 * `workerData` is the shared memory: a Buffer for a function, an ArrayBuffer for a file.
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
import { fileOf, Thread as NativeThread } from 'internal:dv8_thread';
import { encode } from 'internal:buffer';
import { evaluate } from 'internal:dv8_loop';
import { closeFd, errorText } from 'internal:dv8_stream';
import { setProgram } from '../internal/app.js';
import { Buffer } from '../internal/dv8_buffer.js';
import { memory as kMemory } from '../internal/dv8_bytes.js';
import { Channel } from '../internal/dv8_channel.js';
import { heldBytes } from '../internal/dv8_memory.js';
import { programProcess } from '../internal/dv8_spawn.js';
import { theProcess } from '../internal/process_state.js';
import { clearImmediate, formatUncaught, setImmediate } from '../internal/services.js';
import { callable } from '../internal/dv8_modules.js';
import { readText, requireFrom } from '../internal/dv8_scripts.js';

// What a thread's program begins with: its `module` can be called, a function's memory is a Buffer, and a spawned
// one has its channel.
export function prepare(mod, wantsBuffer, channelFd, id) {
  setProgram(undefined);
  const process = programProcess();
  process.TID = id;
  if (channelFd >= 0) {
    const channel = new Channel(id);
    channel.connect(channelFd);
    globalThis.send = (value) => channel.send(value);
    globalThis.onMessage = (fn) => channel.onMessage(fn);
    Object.assign(process, channelMethods(channel));
  }
  if (wantsBuffer && globalThis.workerData !== undefined) {
    const buffer = new Buffer();
    buffer[kMemory] = globalThis.workerData;
    globalThis.workerData = buffer;
  }
  return { module: callable(mod) };
}

// What `process` has in a thread, and a thread outside of it, with messages of v0.0.6.
function channelMethods(channel) {
  return {
    sock: channel.socket,
    send: (value) => channel.sendJson(value),
    sendString: (text) => channel.sendString(text),
    onMessage: (fn) => channel.onPacket(fn),
  };
}

// What a thread runs. Its text is compiled when the thread is prepared, so that an error in it ends the channel
// too.
export function run(mod, wantsBuffer, channelFd, id, body, name, file) {
  const { module } = prepare(mod, wantsBuffer, channelFd, id);
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : undefined;
  return evaluate(`(function(require,module,exports,__filename,__dirname){${body.startsWith('#!') ? '//' : ''}${body}\n})`, name)
    .call(globalThis, requireFrom(folder), module, module.exports, file, folder);
}

function wrapper(...rest) {
  const values = rest.map((value) => JSON.stringify(value));
  return `(function(require,module,exports,__dv8_require){return __dv8_require("dv8:thread").run(module,${values})})`;
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

// Tells how a thread has ended. A callback without parameters cannot tell of an error: it goes to standard error.
function complete(onComplete, error, status) {
  if (error !== null && onComplete === undefined) throw error;
  if (error !== null && onComplete.length === 0) {
    theProcess.stderr.write(formatUncaught(error));
    theProcess.exitCode ||= 1;
  }
  onComplete?.(error, status);
}

const MEMORY = 1024; // Of a thread of process.spawn(), at least.

let startWith;
let lastId = 0;

/** A thread; it runs once. */
export class Thread {
  #native;

  /**
   * Starts it.
   * @param {function|string|URL} source - a function, or the path of a script: one that was packed, because
   *   a string of the program names it or with --asset, from the working folder or the entry's; else one on
   *   the disk.
   * @param {function} [onComplete] - called with (error, status) when it has ended: null, or the Error that
   *   nothing in it caught or that kept it from being loaded; and its exit code. Without it such an error
   *   ends the program; one without parameters has it told on standard error.
   * @param {Buffer|ArrayBuffer|SharedArrayBuffer|TypedArray} [memory] - that it shares.
   * @returns {Thread} itself.
   * @throws {Error} with code ENOENT when there is no such file and no onComplete, EAGAIN when the system has
   *   no threads left.
   */
  start(source, onComplete = undefined, memory = undefined) { return this.#start(source, onComplete, memory, -1, 0); }

  static {
    startWith = (thread, ...args) => thread.#start(...args);
  }

  #start(source, onComplete, memory, channelFd, id) {
    if (this.#native !== undefined) throw new Error('start: a thread runs once');
    if (onComplete !== undefined && typeof onComplete !== 'function') throw new TypeError('start: the callback must be a function');
    const held = memory === undefined ? undefined : heldBytes(memory, 'start: the memory');
    const isFunction = typeof source === 'function';
    let name = 'thread';
    let file;
    let body;
    try {
      if (isFunction) body = bodyOf(source);
      else ({ name, text: body } = readText(String(source?.pathname ?? source)));
      file = isFunction ? decodeURI((fileOf(source) ?? '').replace(/^file:\/\//, '')) : name;
    } catch (error) {
      if (onComplete === undefined) throw error;
      this.#native = { stop() {}, setRef() {} };
      if (channelFd >= 0) closeFd(channelFd);
      setImmediate(() => complete(onComplete, error, 1));
      return this;
    }
    const native = new NativeThread((error, status) => complete(onComplete, error === undefined ? null : asError(error), status));
    const rc = native.start(wrapper(isFunction, channelFd, id, body, name, file), 'dv8:thread', held);
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

// A method has no meaning by itself; it has as a property of an object.
function bodyOf(fn) {
  const text = Function.prototype.toString.call(fn);
  return `return (${/^(async\s+)?(function\b|class\b|\(|[\w$]+\s*=>)/.test(text) ? text : `({${text}})[${JSON.stringify(fn.name)}]`}).call(globalThis);`;
}

/**
 * Starts a function or a script as a thread.
 * @param {function|string} source - as Thread.start() takes it.
 * @param {function} [onComplete] - as Thread.start() takes it.
 * @param {object} [options] - ipc: whether messages go between the two; memory: that they share.
 * @returns {Thread} with `id`, its number, which is `process.TID` in it. With ipc it has `send(value)` and
 *   `onMessage(fn)`, as globals in the thread do. A value is a string, a buffer, or what JSON can hold, of
 *   65535 bytes at most. Who listens keeps its loop going until the other side ends.
 */
export function spawn(source, onComplete = undefined, { ipc = false, memory = undefined } = {}) {
  const { thread, channel, start } = prepareSpawn(source, onComplete, ipc);
  if (channel !== undefined) Object.assign(thread, { send: (value) => channel.send(value), onMessage: (listener) => channel.onMessage(listener) });
  start(memory);
  return thread;
}

function prepareSpawn(source, onComplete, ipc) {
  if (typeof source !== 'function' && typeof source !== 'string') throw new TypeError('spawn: a function or the path of a script is needed');
  lastId = (lastId % 255) + 1;
  const id = lastId;
  const thread = Object.assign(new Thread(), { id });
  if (!ipc) return { thread, start: (memory) => startWith(thread, source, onComplete, memory, -1, id) };
  const channel = new Channel(id);
  const fd = channel.open();
  const told = (error, status) => channel.afterLast(() => {
    channel.close();
    complete(onComplete, error, status);
  });
  return { thread, channel, start: (memory) => startWith(thread, source, told, memory, fd, id) };
}

// process.spawn(). Its memory, the program's to use too, begins as in v0.0.6: the thread's number, a descriptor,
// and the environment and arguments as JSON, each behind its length. The thread starts when the caller has had
// time to write there.
export function spawnForProcess(source, onComplete, { ipc = false, memory = undefined } = {}) {
  const { thread, channel, start } = prepareSpawn(source, onComplete, ipc);
  if (channel !== undefined) Object.assign(thread, channelMethods(channel));
  const texts = [theProcess.env, theProcess.argv].map((value) => new Uint8Array(encode(JSON.stringify(value), 0)));
  if (memory === undefined) {
    thread.buffer = Buffer.alloc(Math.max(MEMORY, 13 + texts[0].length + texts[1].length));
    thread.view = new DataView(thread.buffer.bytes);
    thread.view.setUint8(0, thread.id);
    let at = 5;
    for (const text of texts) {
      thread.view.setUint32(at, text.length);
      new Uint8Array(thread.buffer.bytes).set(text, at + 4);
      at += 4 + text.length;
    }
  }
  const started = setImmediate(() => start(memory ?? thread.buffer));
  thread.stop = () => {
    clearImmediate(started);
    Thread.prototype.stop.call(thread);
  };
  return thread;
}

export default { Thread, spawn, spawnForProcess, prepare, run };
