// What module() and library() of dv8 give, and which files' `module` is that function.
import { mixInto } from './dv8_buffer.js';
import { callsModule } from './dv8_vintages.js';
import { lookup } from './registry.js';

// Gives Node's Buffers what dv8's have more.
function mix() {
  const nodes = lookup('dv8:globals/buffer');
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
export function callable(object) {
  const both = function module(name, exports = {}) { return fill(`${name}`, exports, undefined); };
  return Object.defineProperties(both, Object.getOwnPropertyDescriptors(object));
}

/**
 * The module of a CommonJS file that was bundled: one that can be called when the file does so. `file` is its
 * function, in an object or bare, and undefined for the wrapper of all.
 */
export function moduleOf(file, object = { exports: {} }) {
  mix();
  if (file === undefined) return callable(object);
  const text = Function.prototype.toString.call(typeof file === 'function' ? file : Object.values(file)[0]);
  const [, , name] = /\(\s*([\w$]+)\s*,\s*([\w$]+)\s*\)\s*(?:=>\s*)?\{/.exec(text) ?? [];
  return name !== undefined && callsModule(text, name) ? callable(object) : object;
}
