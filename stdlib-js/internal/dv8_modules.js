// What module() and library() of dv8 give.
import { mixInto } from './dv8_buffer.js';
import { callsLibrary, callsModule } from './dv8_vintages.js';
import { lookup } from './registry.js';

// Gives Node's Buffers what dv8's have more.
function mix() {
  const nodes = lookup('node:buffer');
  if (nodes !== undefined) mixInto(nodes.Buffer);
}

/** Puts what dv8:`name` has into `exports`; `missing` when the program was packed without it. */
export function fill(name, exports, missing) {
  const found = lookup(`dv8:${name}`);
  if (found === undefined) return missing;
  mix();
  return Object.assign(exports, found);
}

/** `object`, a CommonJS module, as something that can be called as module() too. What is set on one is on both. */
export function callable(object) {
  mix();
  const both = function module(name, exports = {}) { return fill(`${name}`, exports, undefined); };
  for (const key of Reflect.ownKeys(object)) {
    const { enumerable } = Object.getOwnPropertyDescriptor(object, key);
    Object.defineProperty(both, key, { get: () => object[key], set(value) { object[key] = value; }, enumerable, configurable: true });
  }
  if (object.require !== undefined && both.require === undefined) both.require = (request) => object.require(request);
  return both;
}

/** The `module` of a CommonJS file, with its `require`. */
export function moduleOfFile(module, require, text) {
  if (callsLibrary(text)) mix();
  if (!callsModule(text)) return module;
  const both = callable(module);
  if (require.main === module) require.main = both;
  return both;
}
