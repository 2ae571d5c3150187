// CommonJS at run time: require() of names that only the running program knows. Files come
// from the disk and from the embedded assets alike. Bundled code does not pass here.
import { existsSync, readFileSync, realpathSync, statSync } from './fs_sync.js';
import path from '../node_old/path.js';
import { appRequire, mainModule, notFound, requireBuiltin } from './app.js';
import { packed, unbundled } from './bundled.js';
import { ERR_INVALID_ARG_VALUE, ERR_PACKAGE_PATH_NOT_EXPORTED } from './errors.js';
import { fileURLToPath } from './file_url.js';
import { lookup } from './registry.js';
import { validateString } from './validators.js';

const conditions = new Set(['node', 'require', 'module-sync', 'default']);
const { cache } = appRequire;

function isFile(file) {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isFolder(file) {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

function readPackage(folder) {
  const file = `${folder}/package.json`;
  if (!isFile(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    error.message = `Error parsing ${file}: ${error.message}`;
    throw error;
  }
}

const extensions = {
  __proto__: null,
  '.js'(module, filename) { module._compile(readFileSync(filename, 'utf8'), filename); },
  '.json'(module, filename) {
    try {
      module.exports = JSON.parse(readFileSync(filename, 'utf8').replace(/^\ufeff/, ''));
    } catch (error) {
      error.message = `${filename}: ${error.message}`;
      throw error;
    }
  },
  '.node'(_module, filename) { throw new Error(`a packed program cannot load native add-ons: ${filename}`); },
};

function asFile(base) {
  if (isFile(base)) return base;
  for (const extension of Object.keys(extensions)) if (isFile(base + extension)) return base + extension;
  return undefined;
}

function asFolder(base) {
  const main = readPackage(base)?.main;
  if (typeof main === 'string' && main !== '') {
    const file = path.resolve(base, main);
    const found = asFile(file) ?? asFile(`${file}/index`);
    if (found !== undefined) return found;
  }
  return asFile(`${base}/index`);
}

// The target of a package.json "exports" or "imports" value under our conditions.
function target(value, star) {
  if (typeof value === 'string') return value.replaceAll('*', star);
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = target(each, star);
      if (found != null) return found;
    }
    return undefined;
  }
  if (value === null || typeof value !== 'object') return value;
  for (const key of Object.keys(value)) {
    if (!conditions.has(key)) continue;
    const found = target(value[key], star);
    if (found !== undefined) return found;
  }
  return undefined;
}

// The entry for `key` in a map with patterns: the longest prefix wins.
function match(map, key) {
  if (Object.hasOwn(map, key) && !key.includes('*')) return target(map[key], '');
  let best;
  for (const pattern of Object.keys(map)) {
    const at = pattern.indexOf('*');
    if (at === -1 || !key.startsWith(pattern.slice(0, at)) || !key.endsWith(pattern.slice(at + 1)) || key.length < pattern.length) continue;
    if (best === undefined || at > best.indexOf('*')) best = pattern;
  }
  if (best === undefined) return undefined;
  const at = best.indexOf('*');
  return target(map[best], key.slice(at, key.length - (best.length - at - 1)));
}

function fromExports(folder, description, subpath) {
  let { exports } = description;
  if (typeof exports === 'string' || Array.isArray(exports) || (exports && !Object.keys(exports)[0]?.startsWith('.'))) exports = { '.': exports };
  const found = match(exports, subpath);
  if (typeof found !== 'string') throw new ERR_PACKAGE_PATH_NOT_EXPORTED(`${folder}/`, subpath);
  return path.resolve(folder, found);
}

/** The node_modules folders that a file in `folder` sees, nearest first. */
export function nodeModulePaths(folder) {
  const result = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (path.basename(at) !== 'node_modules') result.push(at === '/' ? '/node_modules' : `${at}/node_modules`);
    if (at === '/') return result;
  }
}

function scopeOf(folder) {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const description = readPackage(at);
    if (description !== undefined) return [at, description];
    if (at === '/' || path.basename(at) === 'node_modules') return [undefined, undefined];
  }
}

function resolvePackage(request, folder) {
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(request) ?? [];
  if (name === undefined) return undefined;
  const subpath = rest ? `./${rest}` : '.';
  const [scope, own] = scopeOf(folder);
  if (own?.name === name && own.exports != null) return fromExports(scope, own, subpath);
  for (const modules of nodeModulePaths(folder)) {
    const base = `${modules}/${name}`;
    if (!isFolder(base)) continue;
    const description = readPackage(base);
    if (description?.exports != null) return fromExports(base, description, subpath);
    const found = rest ? asFile(`${base}/${rest}`) ?? asFolder(`${base}/${rest}`) : asFolder(base);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The file that `request` names in the module `parent`. */
export function resolve(request, parent) {
  validateString(request, 'request');
  if (request === '') throw new ERR_INVALID_ARG_VALUE('id', request, 'must be a non-empty string');
  if (request.startsWith('file://')) request = fileURLToPath(request);
  const folder = path.dirname(parent);
  let found;
  if (/^(\.\.?(\/|$)|\/)/.test(request)) {
    const base = path.resolve(folder, request);
    found = (request.endsWith('/') ? undefined : asFile(base)) ?? (isFolder(base) ? asFolder(base) : undefined);
  } else if (request.startsWith('#')) {
    const [scope, description] = scopeOf(folder);
    const value = description?.imports && match(description.imports, request);
    if (typeof value === 'string') found = value.startsWith('.') ? path.resolve(scope, value) : resolve(value, parent);
  } else {
    found = resolvePackage(request, folder);
  }
  if (found === undefined) throw notFound(request, [parent]);
  return realpathSync(found);
}

/** Node's Module class, as far as programs touch it. */
export function Module(id = '', parent = undefined) {
  this.id = id;
  this.path = path.dirname(id);
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true });
}
Module._cache = cache;
Module._extensions = extensions;
Module.Module = Module;
Module._nodeModulePaths = nodeModulePaths;
Module._resolveFilename = (request, parent) => resolve(request, parent?.filename ?? mainModule.filename);
Module._load = (request, parent, isMain = false) => load(request, parent?.filename ?? mainModule.filename, isMain);
Module.runMain = (file = process.argv[1]) => Module._load(path.resolve(file), null, true);
Module.wrap = (script) => Module.wrapper[0] + script + Module.wrapper[1];
Module.wrapper = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];

Module.prototype.require = function (id) { return load(id, this.filename); };
Module.prototype.load = function (filename) {
  this.filename = filename;
  this.paths = nodeModulePaths(path.dirname(filename));
  (extensions[path.extname(filename)] ?? extensions['.js'])(this, filename);
  this.loaded = true;
};
Module.prototype._compile = function (content, filename) {
  content = content.replace(/^\ufeff/, '').replace(/^#!.*/, '');
  // The name goes into stacks; indirect eval keeps the code out of this file's scope.
  const wrapper = (0, eval)(`${Module.wrap(content)}\n//# sourceURL=${filename}`);
  return Reflect.apply(wrapper, this.exports, [this.exports, requireFrom(filename, this), this, filename, path.dirname(filename)]);
};

// The module that require.main is: the program's, or what runMain() was given.
let main = mainModule;

function load(request, parent, isMain = false) {
  const builtin = lookup(request);
  if (builtin !== undefined) return builtin;
  if (/^(node|dv8):/.test(request)) return requireBuiltin(request);
  const named = packed.calls[parent]?.[request];
  if (named !== undefined) {
    try {
      return named();
    } catch (error) {
      if (error !== unbundled) throw error;
    }
  }
  const filename = resolve(request, parent);
  const cached = cache[filename];
  if (cached !== undefined) return cached.exports;
  const bundled = packed.paths[filename]?.[0];
  if (bundled !== undefined) return bundled();
  const module = new Module(filename, cache[parent]);
  cache[filename] = module;
  if (isMain) {
    module.id = '.';
    main = module;
    process.mainModule = module;
  }
  let done = false;
  try {
    module.load(filename);
    done = true;
  } finally {
    if (!done) delete cache[filename];
  }
  return module.exports;
}

/** A `require` for the module at `filename`. */
export function requireFrom(filename, module = undefined) {
  function require(request) {
    validateString(request, 'id');
    return load(request, filename);
  }
  require.resolve = (request, options) => {
    validateString(request, 'request');
    if (lookup(request) !== undefined) return request;
    if (options?.paths === undefined) return resolve(request, filename);
    for (const folder of options.paths) {
      try {
        return resolve(request, path.resolve(folder, 'x'));
      } catch (error) {
        if (error.code !== 'MODULE_NOT_FOUND') throw error;
      }
    }
    throw notFound(request, [filename]);
  };
  require.resolve.paths = (request) => {
    validateString(request, 'request');
    if (lookup(request) !== undefined) return null;
    const folder = path.dirname(filename);
    return /^\.\.?(\/|$)/.test(request) ? [folder] : nodeModulePaths(folder);
  };
  require.main = main;
  require.extensions = extensions;
  require.cache = cache;
  void module;
  return require;
}

/** package.json of the package that `base` belongs to; undefined when there is none. */
export function findPackageJSON(specifier, base) {
  const from = base === undefined ? specifier : base;
  const file = String(from).startsWith('file:') ? fileURLToPath(from) : String(from);
  let folder = path.dirname(file);
  if (base !== undefined && !/^\.{0,2}\//.test(specifier)) {
    const found = nodeModulePaths(folder).map((modules) => `${modules}/${specifier}/package.json`).find((each) => existsSync(each));
    return found;
  }
  if (base !== undefined) folder = path.resolve(folder, specifier);
  const [scope] = scopeOf(folder);
  return scope === undefined ? undefined : `${scope}/package.json`;
}
