/**
 * @module dv8:core — the globals of dv8. A program need not import them: those that it names are
 * there. `dv8pack --env=core` packs a program with these and the language only.
 *
 * `Buffer` is dv8's own with --env=core. Elsewhere it is Node's, but for `new Buffer()` without
 * arguments, which is dv8's; and in a program that names one of dv8's modules, Node's have
 * `bytes`, `size`, `read(offset, length)` and `free()` too, and there is `Buffer.fromString(text)`.
 * `args` is the program's file, its entry and its arguments.
 *
 * With --env=core a program that is no ECMAScript module is a script, as in dv8: `this` at its top level, and
 * what it declares with var or function, are the global object's; its `require` is the one below; and what a
 * callback throws is told on standard error, ends nothing, and makes the exit code 1. Text that is evaluated sees
 * all globals of this page. A file's `module` is a function when the file calls it, else an object. Where the
 * vintages of dv8 collide, `dv8pack --dv8=0.0.4|0.0.5|0.0.6` says which is meant; the newest is by default.
 *
 * Since v0.0.9, `send(text)` gives the inspector of the own isolate a message of DevTools' protocol, and the
 * program's global function `receive(text)` gets what it answers.
 *
 * @example
 * const assets = module('assets', {});
 * console.log(assets.list().length, library('no-such-module', {})); //> 0 null
 * const buffer = new Buffer();
 * buffer.alloc(16);
 * console.log(buffer.write('héllo'), buffer.read(0, 6)); //> 5 héllo
 * console.log(runScript('6 * 7')); //> 42
 * onExit(() => console.log('the end')); //> the end
 */
import * as host from 'internal:host';
import { manifest } from 'internal:payload';
import { Process } from './process.js';
import { isInTopLevel, setModuleCaller, setRequire } from '../internal/app.js';
import { shutdown as closeAll } from '../internal/dv8_shutdown.js';
import { Buffer } from '../internal/dv8_buffer.js';
import { fill, moduleOfFile } from '../internal/dv8_modules.js';
import { load, scripts, sourceLine } from '../internal/dv8_scripts.js';
import { programProcess } from '../internal/dv8_spawn.js';
import { processState, theProcess } from '../internal/process_state.js';
import { lookup } from '../internal/registry.js';
import { onRestore } from '../internal/restore.js';
import { TimerClass, clearTimeout, formatUncaught } from '../internal/services.js';
import { setEmptyBuffer } from '../internal/empty_buffer.js';

const LANGUAGE = [
  'Object', 'Function', 'Array', 'Number', 'parseFloat', 'parseInt', 'Infinity', 'NaN', 'undefined', 'Boolean', 'String',
  'Symbol', 'Date', 'Promise', 'RegExp', 'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError',
  'URIError', 'JSON', 'Math', 'console', 'ArrayBuffer', 'Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array',
  'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'Uint8ClampedArray', 'BigUint64Array', 'BigInt64Array',
  'DataView', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Proxy', 'Reflect', 'decodeURI', 'decodeURIComponent', 'encodeURI',
  'encodeURIComponent', 'escape', 'unescape', 'eval', 'isFinite', 'isNaN', 'SharedArrayBuffer', 'Atomics', 'BigInt',
  'globalThis', 'WebAssembly', 'global',
];
const evaluate = globalThis.eval; // Indirect: the code sees globals only.

setEmptyBuffer(Buffer);
setModuleCaller(moduleOfFile);

// For the library's script.
export { scripts };

/** The Buffer of --env=core, and what `new Buffer()` gives everywhere: a block of memory. It counts in bytes; text is UTF-8. */
export { Buffer };

/** V8's version, such as "13.6.233.17". */
export function version() { return theProcess.versions.v8; }

/** Writes each value on a line of its own to standard error. */
export function print(...values) {
  for (const value of values) theProcess.stderr.write(`${value}\n`);
}

/**
 * Puts what the module dv8:`name` has into `exports`.
 * @returns {object|undefined} exports; undefined when the program was packed without it.
 */
export function module(name, exports = {}) { return fill(`${name}`, exports, undefined); }

// Makes module() a global, for the ES modules of a program that calls it. The packer calls it.
export function giveModule() { Object.defineProperty(globalThis, 'module', { value: module, writable: true, configurable: true }); }

/**
 * As module(), for programs of the later vintage: `library(name, exports, dir)`. All modules are in the
 * executable; dir, where dv8 looked for files of them, has no meaning.
 * @returns {object|null} exports; null when the program was packed without it.
 */
export function library(name, exports = {}) { return fill(`${name}`, exports, null); }

/**
 * A packed module by its name; else the file at `path`: a packed one, an asset, or one on the disk. Each
 * counts from the working folder, and a packed one also from the program's or the file's that names it. It
 * is run in a strict scope of its own and anew at each call.
 * @returns {*} module.exports when the file sets it, else the value of its last statement.
 */
export function require(path) { return load(`${path}`, undefined); }

/** Closes every handle on the loop; what is still queued to be written is not, and a resolver answers no more. */
export function shutdown() { closeAll(); }

/** Collects garbage now, all of it, in a program that was packed with --v8-flags=--expose-gc; in others it does nothing. */
export function gc() {
  if (/(^|\s)--expose[-_]gc(\s|$)/.test(manifest('v8-flags') ?? '')) host.collectGarbage();
}

/** The environment as "NAME=value" texts. */
export function env() { return Object.entries(theProcess.env).map(([name, value]) => `${name}=${value}`); }

// What the program has set, by a call or by assigning to the global of that name.
const handlers = { __proto__: null };

// One function a name, the last one. One that was assigned is what the global then is.
function handle(name, fn, event, listener, assigned) {
  if (fn !== undefined && fn !== null && typeof fn !== 'function') throw new TypeError(`${name}(fn): fn must be a function`);
  if (handlers[name] !== undefined) theProcess.removeListener(event, handlers[name].listener);
  handlers[name] = undefined;
  if (typeof fn !== 'function') return;
  handlers[name] = { assigned: assigned ? fn : undefined, listener };
  theProcess.on(event, listener);
}

/** Calls `fn` when the loop has ended, before the process does; in place of an earlier one. */
export function onExit(fn) {
  checkFunction('onExit', fn);
  setOnExit(fn, false);
}
function setOnExit(fn, assigned) { handle('onExit', fn, 'exit', () => { fn(); }, assigned); }

/**
 * Calls `fn(promise, value, event)` for a promise that is rejected and has no handler, in place of
 * ending the program. `event` is V8's number of what happened: 0.
 */
export function onUnhandledRejection(fn) {
  checkFunction('onUnhandledRejection', fn);
  setOnUnhandledRejection(fn, false);
}
function setOnUnhandledRejection(fn, assigned) { handle('onUnhandledRejection', fn, 'unhandledRejection', (value, promise) => { fn(promise, value, 0); }, assigned); }

/**
 * Calls `fn(error)` for an error that nothing caught, in place of ending the program. Assigning to the global
 * `onUncaughtException` does the same.
 */
export function onUncaughtException(fn) {
  checkFunction('onUncaughtException', fn);
  setOnUncaughtException(fn, false);
}
function setOnUncaughtException(fn, assigned) { handle('onUncaughtException', fn, 'uncaughtException', (error) => { fn(error); }, assigned); }

// With --env=core an error in a callback is told and ends nothing, as in dv8. The exit code tells it too.
function tellUncaught(error) {
  // A function that a script declares is the global's property too; later programs set the process's.
  const declared = Object.getOwnPropertyDescriptor(globalThis, 'onUncaughtException')?.value ?? programProcess().onUncaughtException;
  if (typeof declared === 'function') {
    declared(error);
    return true;
  }
  if (isInTopLevel()) return false;
  theProcess.stderr.write(formatUncaught(error));
  theProcess.exitCode ||= 1;
  return true;
}

/** Fills a Float64Array of 14 or more as Process.memoryUsage() of dv8:process does. */
export function memoryUsage(counts) { new Process().memoryUsage(counts); }

/** The value of `source`, run in the global scope; what it declares with var or function stays. Stacks call it `name`. */
export function runScript(source, name = 'script') { return evaluate(`${source}\n//# sourceURL=${name}`); }

/** As runScript, for one expression or statement that needs no name. */
export function evalScript(source, name = 'eval') { return runScript(source, name); }

function checkFunction(name, fn) {
  if (typeof fn !== 'function') throw new TypeError(`${name}(fn): fn must be a function`);
}

// Makes it --env=core: leaves on globalThis what the language had when dv8 was written, and `kept`,
// and gives the program dv8's require.
export function trim(kept) {
  const wanted = new Set([...LANGUAGE, ...kept]);
  const clear = () => {
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (!wanted.has(name)) delete globalThis[name];
    }
  };
  clear();
  // A thread's memory is there before its program begins.
  wanted.add('workerData');
  const inspector = lookup('dv8:inspector');
  if (inspector !== undefined) {
    wanted.add('send');
    Object.defineProperty(globalThis, 'send', { value: inspector.send, writable: true, configurable: true });
  }
  setRequire(require);
  // In dv8 setTimeout and setInterval give a Timer.
  TimerClass.prototype.stop = function stop() { clearTimeout(this); };
  processState.otherwise = tellUncaught;
  // V8 adds its newest ones whenever it makes a context, from a snapshot too.
  onRestore(clear);
}

export default {
  Buffer, version, print, module, library, sourceLine, require, shutdown, gc, env, memoryUsage,
  runScript, evalScript,
  get onExit() { return handlers.onExit?.assigned ?? onExit; },
  set onExit(fn) { setOnExit(fn, true); },
  get onUnhandledRejection() { return handlers.onUnhandledRejection?.assigned ?? onUnhandledRejection; },
  set onUnhandledRejection(fn) { setOnUnhandledRejection(fn, true); },
  get onUncaughtException() { return handlers.onUncaughtException?.assigned ?? onUncaughtException; },
  set onUncaughtException(fn) { setOnUncaughtException(fn, true); },
  /** The program's file, its entry, and its arguments. */
  get args() { return theProcess.argv; },
};
