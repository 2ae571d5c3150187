// The app: its wrapper function, dv8.main, and the `require` it sees.
import { processState, theProcess, entryPath } from './process.js';
import { runRestoreHooks } from './restore.js';
import { lookup } from './registry.js';

let wrapper;
let evaluated = false;
let main; // What dv8.main was given.
let pending = false; // The top level, or main, waits.
let loader; // From cjs_loader.js, when the program has node:module.

let ownRequire; // dv8's, for --env=core.

/** dv8:core gives the `require` that the program sees. */
export function setRequire(value) { ownRequire = value; }

/** The app's CommonJS module object: require.main. */
export const mainModule = {
  id: '.', path: '', exports: {}, filename: '', loaded: false, children: [], paths: [], parent: undefined,
};

/** node:module gives its loader, so that programs without it do not carry one. */
export function setLoader(value) { loader = value; }

/** Node's error for a module that is not there. */
export function notFound(request, stack) {
  let text = `Cannot find module '${request}'`;
  if (stack.length > 0) text += `\nRequire stack:\n- ${stack.join('\n- ')}`;
  const error = new Error(text);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = stack;
  return error;
}

/** A builtin by name; throws with what to do when it was not packed. */
export function requireBuiltin(name) {
  const found = lookup(name);
  if (found !== undefined) return found;
  if (!/^(node|dv8):/.test(name)) throw notFound(name, [entryPath()]);
  const error = new Error(
    `${name} is not in this executable: the program did not name it when it was packed, or dv8pack does not ` +
    'have it (dv8pack keeps the modules that are imported by a literal name)');
  error.code = 'ERR_UNKNOWN_BUILTIN_MODULE';
  throw error;
}

function checkRequest(request) {
  if (typeof request === 'string') return;
  const error = new TypeError(`The "id" argument must be of type string. Received ${request === null ? 'null' : typeof request}`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

// A `require` of what is built in, for programs without a loader. `file` gives the file it is of.
function builtinRequire(file) {
  function require(request) {
    checkRequest(request);
    const found = lookup(request);
    if (found !== undefined) return found;
    if (/^(node|dv8):/.test(request)) return requireBuiltin(request);
    if (loader !== undefined) return loader.requireFrom(file())(request);
    throw notFound(request, [file()]);
  }
  require.resolve = function resolve(request, options) {
    if (lookup(request) !== undefined) return request;
    if (loader !== undefined) return loader.requireFrom(file()).resolve(request, options);
    throw notFound(request, [file()]);
  };
  require.cache = { __proto__: null };
  require.main = mainModule;
  require.extensions = { __proto__: null };
  return require;
}

/** The entry's `require`, for names that are only known at run time. */
export const appRequire = builtinRequire(entryPath);

/** Modules that the bundle has for computed names: by path, and by the file that asks and what it asks for. */
export const packed = { paths: { __proto__: null }, calls: { __proto__: null } };

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
function asImportError(error, name, file) {
  if (error?.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== file) return error;
  const missing = new Error(`Cannot find ${/^[./]/.test(name) ? 'module' : 'package'} '${name}' imported from ${file}`);
  missing.code = 'ERR_MODULE_NOT_FOUND';
  return missing;
}

function importFrom(file) {
  const require = from.require(file);
  return (request) => {
    const name = `${request}`;
    const path = name.startsWith('file://') ? decodeURIComponent(name.replace(/^file:\/\/[^/]*/, '')) : name;
    try {
      if (lookup(path) === undefined && loader !== undefined) {
        const asModule = packed.paths[loader.resolve(path, file)];
        if (asModule !== undefined) return asModule[1]();
      }
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
  require: (file) => ownRequire ?? loader?.requireFrom(file) ?? builtinRequire(() => file),
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
    return path === entryPath() ? mainModule : new BundledModule(path);
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

/** What import() of `request` gives: an object with the exports and `default`. */
export function appImport(request) {
  return Promise.resolve(request).then((name) => from.space(importFrom(entryPath())(name)));
}

/** dv8.main(fn): `fn` runs at every start; with --snapshot=app, all before it ran at pack time. */
export function setMain(fn) {
  if (typeof fn !== 'function') throw new TypeError('dv8.main(fn): fn must be a function');
  if (main !== undefined) throw new Error('dv8.main(fn) was called before');
  main = fn;
}

/** The hook setMain: the compiled app. */
export function install(fn, entry) {
  // A thread brings its own in place of the program's.
  evaluated = false;
  main = undefined;
  wrapper = fn;
  processState.entry = entry;
}

function follow(promise) {
  pending = true;
  return promise.then((value) => {
    pending = false;
    return value;
  }, (error) => {
    pending = false;
    throw error;
  });
}

function isPromise(value) { return value instanceof Promise; }

function runTopLevel() {
  const filename = entryPath();
  mainModule.filename = filename;
  mainModule.path = filename.slice(0, filename.lastIndexOf('/')) || '/';
  theProcess.mainModule = mainModule;
  const fn = wrapper;
  wrapper = undefined;
  const result = Reflect.apply(fn, mainModule.exports, [ownRequire ?? appRequire, mainModule, mainModule.exports, requireBuiltin, from]);
  mainModule.loaded = true;
  return result;
}

/** The hook evaluate: the top level, at pack time. */
export function evaluate() {
  const result = runTopLevel();
  evaluated = true;
  const check = () => {
    if (main === undefined) {
      throw new Error('--snapshot=app needs a call of dv8.main(fn): fn is what the executable runs when it starts');
    }
  };
  if (isPromise(result)) return result.then(check);
  check();
  return undefined;
}

/** The hook start. */
export function start() {
  runRestoreHooks();
  if (evaluated) {
    const result = main();
    return isPromise(result) ? follow(result) : undefined;
  }
  const result = runTopLevel();
  if (isPromise(result)) return follow(result.then(() => main?.()));
  if (main !== undefined) {
    const promise = main();
    if (isPromise(promise)) return follow(promise);
  }
  return undefined;
}

/** True while the top level (or main) waits for a promise. */
export function isPending() { return pending; }
