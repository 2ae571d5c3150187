// What the app's script, which is all of its modules in one scope, does at run time that is different from file to
// file: the packager (packager/bundle) writes calls of `from`. Evaluated at the first use.
import { builtinRequire, loaders, mainModule, notFound } from './app.js';
import { entryPath } from './process_state.js';
import { lookup } from './registry.js';

/** Modules that the bundle has for computed names, by path, and by the file that asks and what it asks for; `times` counts the calls of from.packed(). */
export const packed = { paths: { __proto__: null }, calls: { __proto__: null }, times: 0 };

/** What a call in `packed.calls` throws when the package was not there to be bundled. */
export const unbundled = { __proto__: null };

function notBundled() { throw unbundled; }

function namespaceOf(exports) {
  if (exports?.__esModule) return exports;
  const space = { __proto__: null, default: exports };
  if (exports !== null && (typeof exports === 'object' || typeof exports === 'function')) {
    for (const key of Object.keys(exports)) if (key !== 'default') space[key] = exports[key];
  }
  Object.defineProperty(space, Symbol.toStringTag, { value: 'Module' });
  return space;
}

// Node tells an import() of what is not there by other words than a require().
export function asImportError(error, name, file) {
  if (error?.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== file) return error;
  const missing = new Error(`Cannot find ${/^[./]/.test(name) ? 'module' : 'package'} '${name}' imported from ${file}`);
  missing.code = 'ERR_MODULE_NOT_FOUND';
  return missing;
}

function importFrom(file) {
  const { loader } = loaders();
  if (loader !== undefined) return loader.importFrom(file);
  const require = from.require(file);
  return (request) => {
    const name = `${request}`;
    const path = name.startsWith('file://') ? decodeURIComponent(name.replace(/^file:\/\/[^/]*/, '')) : name;
    try {
      return require(path);
    } catch (error) {
      throw asImportError(error, name, file);
    }
  };
}

// The bundler knows the files that match a pattern by their whole names.
function pattern(map, path) {
  for (const ending of ['', '.js', '.json', '.ts', '/index.js', '/index.ts']) {
    if (Object.hasOwn(map, path + ending)) return map[path + ending];
  }
  throw notFound(path, [entryPath()]);
}

// The `module` of a CommonJS file in the bundle, as far as programs look at it.
class BundledModule {
  #file;
  constructor(file) {
    this.exports = {};
    this.#file = file;
  }

  get id() { return this.#file; }
  get filename() { return this.#file; }
  get path() { return this.#file.slice(0, this.#file.lastIndexOf('/')) || '/'; }
  get paths() {
    const paths = [];
    for (let at = this.path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      if (!at.endsWith('/node_modules')) paths.push(`${at}/node_modules`);
    }
    return [...paths, '/node_modules'];
  }

  // Which file asked for it first is not kept; that one did, other than for the entry.
  get parent() { return mainModule; }
  get children() { return []; }
  get require() { return from.require(this.#file); }
}
for (const key of ['id', 'filename', 'path', 'paths', 'parent', 'children', 'require']) {
  const { get } = Object.getOwnPropertyDescriptor(BundledModule.prototype, key);
  Object.defineProperty(BundledModule.prototype, key, {
    get,
    set(value) { Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true }); },
  });
}

// By the namespaces of ES modules: what a require() of them gives.
let required;

/** What the bundle loads with from a file of it: `from.require('/app/a.js')` is that file's own. */
export const from = {
  require(file) {
    if (file.startsWith('dv8:')) return notBundled;
    const { loader, ownRequire } = loaders();
    return ownRequire ?? loader?.requireFrom(file) ?? builtinRequire(() => file);
  },
  import: importFrom,
  /** import.meta.resolve of the module `file`: the URL that a specifier stands for. */
  resolve: (file) => (specifier) => {
    const name = `${specifier}`;
    if (lookup(name) !== undefined) return name.includes(':') ? name : `node:${name}`;
    if (/^(node|data|file|https?):/.test(name)) return name;
    const toUrl = (path) => `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
    if (/^\.{0,2}\//.test(name)) {
      const parts = name.startsWith('/') ? [] : file.split('/').slice(1, -1);
      for (const part of name.split('/')) {
        if (part === '..') parts.pop();
        else if (part !== '.' && part !== '') parts.push(part);
      }
      return toUrl(`/${parts.join('/')}`);
    }
    try {
      return toUrl(from.require(file).resolve(name));
    } catch (error) {
      throw asImportError(error, name, file);
    }
  },
  /** What an import() gives for what `import` gave: a namespace, or the promise of one. */
  space: (exports) => (exports instanceof Promise ? exports : namespaceOf(exports)),
  /** The module object for esbuild's `{ "lib/a.js"(exports, module) {…} }`, whose key is relative to the app's root. */
  module(file) {
    const [, up, rest] = /^((?:\.\.\/)*)(.*)$/s.exec(Object.keys(file)[0]);
    const path = up === '' ? `/app/${rest}` : `/app/_up${up.length / 3}/${rest}`;
    if (path !== entryPath()) return new BundledModule(path);
    mainModule.require = from.require(path);
    return mainModule;
  },
  /** What require() of the ES module with this namespace gives: its export 'module.exports', if it has one. */
  required(space) {
    if (Object.hasOwn(space, 'module.exports')) return space['module.exports'];
    required ??= new WeakMap();
    let copy = required.get(space);
    if (copy === undefined) {
      copy = Object.defineProperty({}, '__esModule', { value: true });
      for (const key of Object.getOwnPropertyNames(space)) {
        Object.defineProperty(copy, key, { get: () => space[key], enumerable: Object.getOwnPropertyDescriptor(space, key).enumerable });
      }
      required.set(space, copy);
    }
    return copy;
  },
  packed(paths, calls) {
    Object.assign(packed.paths, paths);
    Object.assign(packed.calls, calls);
    packed.times++;
  },
  /** require() and import() by a pattern: `map` has a function for each path that it matches. */
  globRequire: (map) => (path) => pattern(map, path)(),
  globImport: (map) => async (path) => {
    try {
      return await pattern(map, path)();
    } catch (error) {
      if (error?.code === 'MODULE_NOT_FOUND') error.code = 'ERR_MODULE_NOT_FOUND';
      throw error;
    }
  },
  /** Gives a function or class that the bundler calls `has` its name back. */
  name(value, has, gets) {
    if (typeof value === 'function' && Object.hasOwn(value, 'name') && value.name === has) {
      Object.defineProperty(value, 'name', { value: gets, configurable: true });
    }
  },
};
