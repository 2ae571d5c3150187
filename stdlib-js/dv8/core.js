/**
 * @module dv8:core — the globals of dv8. A program need not import them: those that it names are
 * there. `dv8pack --env=core` packs a program with these and the language only.
 *
 * `Buffer` is dv8's own with --env=core. Elsewhere it is Node's, but for `new Buffer()` without
 * arguments, which is dv8's; and once a program has called module() or library(), Node's have
 * `bytes`, `size`, `read(offset, length)` and `free()` too, and there is `Buffer.fromString(text)`.
 * `args` is the program's file, its entry and its arguments.
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
import * as fs from 'internal:fs';
import { Process } from './process.js';
import { appRequire, setRequire } from '../internal/app.js';
import { shutdown as closeAll } from '../internal/dv8_shutdown.js';
import { Buffer, mixInto } from '../internal/dv8_buffer.js';
import { theProcess } from '../internal/process.js';
import { lookup } from '../internal/registry.js';
import { onRestore } from '../internal/restore.js';
import { setEmptyBuffer } from '../internal/empty_buffer.js';

const UTF8 = 1; // What fs.readFile gives.
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

/** The Buffer of --env=core, and what `new Buffer()` gives everywhere: a block of memory. It counts in bytes; text is UTF-8. */
export { Buffer };

/** V8's version, such as "13.6.233.17". */
export function version() { return theProcess.versions.v8; }

/** Writes each value on a line of its own to standard error. */
export function print(...values) {
  for (const value of values) theProcess.stderr.write(`${value}\n`);
}

function fill(name, exports, missing) {
  const found = lookup(`dv8:${name}`);
  if (found === undefined) return missing;
  const nodes = lookup('dv8:globals/buffer');
  if (nodes !== undefined) mixInto(nodes.Buffer);
  return Object.assign(exports, found);
}

/**
 * Puts what the module dv8:`name` has into `exports`.
 * @returns {object|undefined} exports; undefined when the program was packed without it.
 */
export function module(name, exports = {}) { return fill(`${name}`, exports, undefined); }

/**
 * As module(), for programs of the later vintage: `library(name, exports, dir)`. All modules are in the
 * executable; dir, where dv8 looked for files of them, has no meaning.
 * @returns {object|null} exports; null when the program was packed without it.
 */
export function library(name, exports = {}) { return fill(`${name}`, exports, null); }

// `object`, a CommonJS module, as something that can be called as module() too.
export function callable(object = { exports: {} }) {
  const both = function module(name, exports = {}) { return fill(`${name}`, exports, undefined); };
  return Object.defineProperties(both, Object.getOwnPropertyDescriptors(object));
}

// The module of a file in the bundle; `_file` is what from.module() in internal/app.js gets.
export function moduleOf(_file, object = { exports: {} }) { return callable(object); }

/**
 * A packed module by its name; else the file at `path`, from the working directory, run in a
 * strict scope of its own and anew at each call.
 * @returns {*} module.exports when the file sets it, else the value of its last statement.
 */
export function require(path) {
  const found = lookup(`dv8:${path}`) ?? lookup(`${path}`);
  if (found !== undefined) return found;
  if (!/^[./]|\.js$/.test(path)) return appRequire(path);
  const source = fs.readFile(`${path}`, fs.O_RDONLY, UTF8);
  const mod = callable({ exports: {}, filename: `${path}` });
  const { exports } = mod;
  const run = evaluate('(function(module,exports,require,__source){return eval(__source)})');
  const value = run(mod, exports, require, `"use strict";${source}\n//# sourceURL=${path}`);
  return mod.exports !== exports || Object.keys(exports).length > 0 ? mod.exports : value;
}

/** Closes every handle on the loop; what is still queued to be written is not, and a resolver answers no more. */
export function shutdown() { closeAll(); }

/** Collects garbage now, all of it. */
export function gc() { host.collectGarbage(); }

/** The environment as "NAME=value" texts. */
export function env() { return Object.entries(theProcess.env).map(([name, value]) => `${name}=${value}`); }

/** Calls `fn` when the loop has ended, before the process does. */
export function onExit(fn) {
  checkFunction('onExit', fn);
  theProcess.on('exit', () => { fn(); });
}

/**
 * Calls `fn(promise, value, event)` for a promise that is rejected and has no handler, in place of
 * ending the program. `event` is V8's number of what happened: 0.
 */
export function onUnhandledRejection(fn) {
  checkFunction('onUnhandledRejection', fn);
  theProcess.on('unhandledRejection', (value, promise) => { fn(promise, value, 0); });
}

/** Calls `fn(error)` for an error that nothing caught, in place of ending the program. */
export function onUncaughtException(fn) {
  checkFunction('onUncaughtException', fn);
  theProcess.on('uncaughtException', (error) => { fn(error); });
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
  setRequire(require);
  // V8 adds its newest ones whenever it makes a context, from a snapshot too.
  onRestore(clear);
}

export default {
  Buffer, version, print, module, library, moduleOf, require, shutdown, gc, env, onExit, onUnhandledRejection,
  onUncaughtException, memoryUsage, runScript, evalScript,
  /** The program's file, its entry, and its arguments. */
  get args() { return theProcess.argv; },
};
