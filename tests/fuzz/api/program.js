'use strict';

// Calls everything that JavaScript can reach of one module with odd values:
//   program.js UNIT SEED FIRST CALLS LOG [SKIPPED...]
// UNIT is a module (`node:fs`), a binding (`binding:fs`) or `globals`. Call number N of a seed is always the same
// function; the arguments are those of SEED + N. The descriptor LOG gets a line before each call, so that who
// started this knows what a signal came from. Ends with the line `done`.
//
// An exception is right. A signal or an internal error is what api_fuzz.py looks for.

const fs = require('fs');
const { Values, random } = require('./values.js');
const { isLeftOut } = require('./left_out.js');
const { objectsOf } = require('./objects.js');

const [unit, seedText, firstText, callsText, logText, ...skipped] = process.argv.slice(2);
const seed = Number(seedText);
const first = Number(firstText);
const calls = Number(callsText);
const logFd = Number(logText);

// What a called function may replace is kept.
const { writeSync } = fs;
const { apply, construct, ownKeys, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
const { setImmediate, setTimeout, clearTimeout } = globalThis;
const PromiseThen = Promise.prototype.then;
const gc = globalThis.gc ?? (() => {});
const exit = process.reallyExit.bind(process);

function log(line) {
  writeSync(logFd, line + '\n');
}

function load() {
  if (unit === 'globals') {
    const ecma = new Set(ownKeys(require('vm').runInNewContext('globalThis')));
    const names = ownKeys(globalThis).filter((name) => !ecma.has(name));
    return Object.fromEntries(names.map((name) => [name, getOwnPropertyDescriptor(globalThis, name).value ?? globalThis[name]]));
  }
  if (unit.startsWith('binding:')) {
    return require('internal/test/binding').internalBinding(unit.slice('binding:'.length));
  }
  return require(unit);
}

// Objects of ECMAScript and of other modules are not this unit's.
const foreign = new Set([Object, Function, Array, Error, Promise, Object.prototype, Function.prototype, Array.prototype, Error.prototype,
                         globalThis, require, module, process.env, Symbol.prototype, String.prototype, Number.prototype, Promise.prototype]);

/** All functions that are reachable from `root`: [{ name, key, fn, owner }]. */
function collect(root) {
  const found = [];
  const seen = new Set(foreign);
  const queue = [{ name: unit, value: root, depth: 0 }];
  for (const { name, value, depth } of queue) {
    if (seen.has(value)) continue;
    seen.add(value);
    let keys;
    try {
      keys = ownKeys(value);
    } catch {
      continue;
    }
    for (const key of keys) {
      const descriptor = getOwnPropertyDescriptor(value, key);
      const path = `${name}.${String(key)}`;
      if (key === 'constructor' || isLeftOut(path)) continue;
      for (const [kind, member] of [['', descriptor.value], ['get ', descriptor.get], ['set ', descriptor.set]]) {
        if (typeof member === 'function' && !seen.has(member) && !(unit !== 'globals' && globalThis[key] === member)) {
          found.push({ name: kind + path, key, fn: member, owner: value });
        }
        if (depth < 3 && member !== null && (typeof member === 'function' || typeof member === 'object')) {
          queue.push({ name: path, value: member, depth: depth + 1 });
        }
      }
    }
    const parent = getPrototypeOf(value);
    if (depth < 3 && parent !== null && !seen.has(parent)) queue.push({ name: `${name}.[[Prototype]]`, value: parent, depth: depth + 1 });
  }
  return found;
}

function describe(value) {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}... ${value.length}` : value);
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return 'Symbol()';
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return `${value}`;
  try {
    if (ArrayBuffer.isView(value)) return `${value[Symbol.toStringTag] ?? 'DataView'}(${value.byteLength})`;
    if (Object.keys(value).length === 0) return Object.prototype.toString.call(value);
    return `{${Object.keys(value).slice(0, 6)}}`;
  } catch {
    return 'proxy';
  }
}

/** Takes the memory of a call's buffers away. */
function disturb(args, values) {
  for (const arg of args) {
    try {
      const buffer = ArrayBuffer.isView(arg) ? arg.buffer : arg;
      if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 8192) continue;
      if (buffer.resizable) buffer.resize(values.below(buffer.maxByteLength));
      else buffer.transfer();
    } catch {
      // It is in use.
    }
  }
}

function tame(result) {
  if (result === null || (typeof result !== 'object' && typeof result !== 'function')) return;
  try {
    if (typeof result.then === 'function') apply(PromiseThen, Promise.resolve(result), [tame, () => {}]);
    if (typeof result.on === 'function') result.on('error', () => {});
  } catch {
    // Not for us.
  }
}

function call(target, values) {
  const args = [];
  const deed = () => disturb(args, values);
  args.push(...values.arguments(deed));
  const roll = values.random();
  const fits = values.pool.filter((each) => {
    try {
      return target.key in each;
    } catch {
      return false;
    }
  });
  let receiver = target.owner;
  if (fits.length > 0 && roll < 0.6) receiver = values.pick(fits);
  else if (roll > 0.8) receiver = values.value(deed);
  let result;
  try {
    const constructs = values.random() < (target.fn.prototype === undefined ? 0.02 : 0.5);
    log(`${target.number} ${constructs ? 'new ' : ''}${target.name}(${args.map(describe).join(', ')})` +
        (receiver === target.owner ? '' : ` on ${describe(receiver)}`));
    result = constructs ? construct(target.fn, args) : apply(target.fn, receiver, args);
  } catch {
    return;
  }
  tame(result);
  values.keep(result);
  for (const arg of args) values.keep(arg);
  if (values.random() < 0.2) disturb(args, values);
}

process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
process.on('warning', () => {});
process.emitWarning = () => {};

function pause() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 50);
    setImmediate(() => setImmediate(() => {
      clearTimeout(timer);
      resolve();
    }));
  });
}

async function main() {
  let root;
  try {
    root = load();
  } catch (error) {
    log(`absent ${error.code ?? error.message}`);
    exit(0);
  }
  const targets = collect(root);
  if (targets.length === 0) {
    log('done');
    exit(0);
  }
  const order = random(seed);
  const picks = Array.from({ length: first + calls }, () => Math.floor(order() * targets.length));
  const values = new Values(random(seed));
  values.keep(root);
  for (const object of objectsOf(unit, root)) values.keep(object);
  for (let number = first; number < first + calls; number++) {
    values.random = random(seed + number);
    const target = targets[picks[number]];
    if (!skipped.includes(target.name)) call({ ...target, number }, values);
    if (number % 50 === 49) {
      await pause();
      if (number % 500 === 499) gc();
    }
  }
  await pause();
  values.pool.length = 0;
  gc();
  await pause();
  gc();
  log('done');
  exit(0);
}

main();
