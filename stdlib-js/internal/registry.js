// The public modules that this executable holds.

const modules = new Map();
let builtin = () => undefined; // Of Node's library, by any of its names.
let undici; // Gives undici.

/** node_bootstrap.js gives what finds a builtin of Node's library. */
export function setBuiltins(find) { builtin = find; }

/** node_bootstrap.js gives what loads undici, which fetch() of Node's library is. */
export function setUndici(load) { undici = load; }

/** undici; undefined without Node's library. */
export function loadUndici() { return undici?.(); }

/** Gives `value`, exported or global under `key`, the name of its source: the bundler may have made `key2` or `_key` of it. */
export function restoreName(value, key) {
  if (typeof value !== 'function' || value.name === key || typeof key !== 'string') return;
  if (value.name !== `_${key}` && !(value.name.startsWith(key) && /^\d+$/.test(value.name.slice(key.length)))) return;
  Object.defineProperty(value, 'name', { value: key, configurable: true });
}

/** Called by the generated entry of the library, once a module. */
export function register(name, exports) {
  modules.set(name, exports);
  for (const key of Object.keys(exports)) restoreName(Object.getOwnPropertyDescriptor(exports, key).value, key);
}

/** The exports of "node:fs", "fs" or "dv8:assets"; undefined when it was not packed. */
export function lookup(name) { return modules.get(name) ?? builtin(name); }

/** The same of what is dv8's alone. */
export function ownModule(name) { return modules.get(name); }

export function names() { return [...modules.keys()]; }
