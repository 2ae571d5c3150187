// The public modules that this executable holds.

const modules = new Map();

/** Called by the generated entry of the library, once a module. */
export function register(name, exports) {
  modules.set(name, exports);
  // Globals are properties too, for code that looks them up by name.
  if (name.startsWith('dv8:globals/')) {
    for (const key of Object.keys(exports)) {
      Object.defineProperty(globalThis, key, { value: exports[key], writable: true, configurable: true });
    }
  }
}

/** The exports of "node:fs", "fs" or "dv8:assets"; undefined when it was not packed. */
export function lookup(name) {
  return modules.get(name) ?? modules.get(`node:${name}`);
}

export function names() { return [...modules.keys()]; }
