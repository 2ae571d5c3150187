// What module() and library() of dv8 give.
import { mixInto } from './dv8_buffer.js';
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

/** `object`, a CommonJS module, as something that can be called as module() too. */
export function callable(object = { exports: {} }) {
  mix();
  const both = function module(name, exports = {}) { return fill(`${name}`, exports, undefined); };
  return Object.defineProperties(both, Object.getOwnPropertyDescriptors(object));
}
