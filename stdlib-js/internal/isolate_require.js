// Runtime.JS's require(): files by the isolate's own accessor of files, which may be its spawner's.
import { evaluate } from 'internal:dv8_loop';
import { lookup } from './registry.js';

// The path from the program's folder.
function join(folder, name) {
  const parts = [];
  for (const part of (name.startsWith('.') ? `${folder}/${name}` : name).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export function makeRequire(isolate, runtime) {
  const modules = new Map();

  function read(path) {
    try {
      return runtime.syncRPC(isolate.system.fs.current({ action: 'readFile', path: `/${path}` }));
    } catch (error) {
      if (error.message !== 'NOT_FOUND' && error.message !== 'NOT_A_FILE') throw error;
      throw new Error(`require: file "${path}" not found`);
    }
  }

  function requireFrom(folder) {
    return function require(name) {
      const builtin = lookup(`${name}`);
      if (builtin !== undefined) return builtin;
      const plain = join(folder, `${name}`);
      const path = plain.endsWith('.js') ? plain : `${plain}.js`;
      const known = modules.get(path);
      if (known !== undefined) return known.exports;
      const text = read(path);
      const module = { exports: {} };
      modules.set(path, module);
      try {
        const run = evaluate(`(function(require,module,exports){${text}\n})`, path);
        Reflect.apply(run, globalThis, [requireFrom(path.slice(0, Math.max(0, path.lastIndexOf('/')))), module, module.exports]);
      } catch (error) {
        modules.delete(path);
        throw error;
      }
      return module.exports;
    };
  }

  return requireFrom('');
}
