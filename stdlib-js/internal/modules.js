// The loader of a program that is its modules (packager/graph) without Node's library: CommonJS and ES modules by the
// packager's table, which knows where each import leads. Node's own loader does this where its library is.
import { find as findFile, read as readFile } from 'internal:assets';
import {
  createRequiredModuleFacade, ModuleWrap, setImportModuleDynamicallyCallback, setInitializeImportMetaObjectCallback,
  throwIfPromiseRejected,
} from 'internal:module_wrap';
import { compile, compileFunction, leaveOutSource, text } from 'internal:program';
import { checkRequest, loaders, moduleFor, notFound, requireBuiltin, scriptRunner, setGraph } from './app.js';
import { makeError } from './errors.js';
import { lookup } from './registry.js';

const kFile = 'file://';
const kId = Symbol('module');

let table;  // As GraphTable() in packager/graph wrote it.
let numbers;  // Path -> number in table.paths.
let functions;  // By number, of CommonJS files: [text, function, source map's URL].
let entryModule;  // require.main, where the entry is CommonJS.
let entryRequire;
const cache = { __proto__: null };  // require.cache
const wraps = new Map();  // ModuleWraps by number, by number and type, or by the name of a library's module.
const queries = new Map();  // Of the ModuleWraps that have one.
const linked = new Set();
const leftOut = new Set();  // Numbers of files whose functions are all there is.

function entryNumber() { return numbers.get(table.entry); }
function folderOf(path) { return path.slice(0, path.lastIndexOf('/')) || '/'; }
function urlOf(path) { return kFile + encodeURI(path).replace(/[?#]/g, encodeURIComponent); }
function withoutMark(string) { return string.charCodeAt(0) === 0xFEFF ? string.slice(1) : string; }
function isModule(number) { return table.formats[number] === 'm'; }
function isFunction(number) { return table.formats[number] === 'c' || table.formats[number] === 'u'; }

/** A number in table.paths, the name of a library's module, or undefined. */
function find(list, specifier) {
  if (list === 0 || list === undefined) return undefined;
  const at = list.indexOf(specifier);
  return at < 0 || at % 2 !== 0 ? undefined : list[at + 1];
}

/** What a file is that is no code, by the letter of its format. */
function valueOf(number, letter) {
  const path = table.paths[number];
  if (letter === 'f') return path;
  if (letter === 'b' || letter === 'w') return new Uint8Array(readFile(findFile(path)));
  const string = withoutMark(text(path));
  if (letter === 't') return string;
  try {
    return JSON.parse(string);
  } catch (error) {
    error.message = `${path}: ${error.message}`;
    throw error;
  }
}

// CommonJS.

class Module {
  constructor(number, parent) {
    const filename = table.paths[number];
    this.id = number === entryNumber() ? '.' : filename;
    this.path = folderOf(filename);
    this.exports = {};
    this.filename = filename;
    this.loaded = false;
    this.children = [];
    this.paths = [];
    for (let at = this.path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      if (!at.endsWith('/node_modules')) this.paths.push(at === '/' ? '/node_modules' : `${at}/node_modules`);
    }
    Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true, enumerable: false });
  }

  require(request) { return requireFrom(this, request); }
}

function requireStack(module) {
  const stack = [];
  for (let at = module; at !== undefined && at !== null; at = at.parent) stack.push(at.filename);
  return stack;
}

/** A number, or the name of a library's module. */
function resolveFrom(module, request) {
  checkRequest(request);
  const target = find(table.required[numbers.get(module.filename)], request) ?? numbers.get(request);
  if (target !== undefined) return target;
  if (lookup(request) !== undefined || /^(node|dv8):/.test(request)) return request;
  throw notFound(request, requireStack(module));
}

function requireFrom(module, request) {
  const { ownRequire } = loaders();
  let target;
  try {
    target = resolveFrom(module, request);
  } catch (error) {
    if (ownRequire === undefined || error.code !== 'MODULE_NOT_FOUND') throw error;
    return ownRequire(request);
  }
  return typeof target === 'number' ? load(target, module) : requireBuiltin(target);
}

function load(number, parent) {
  const filename = table.paths[number];
  const known = cache[filename];
  if (known !== undefined) {
    if (parent !== undefined && !parent.children.includes(known)) parent.children.push(known);
    return known.exports;
  }
  const module = parent === undefined ? entryModule : new Module(number, parent);
  parent?.children.push(module);
  cache[filename] = module;
  let done = false;
  try {
    evaluate(module, number);
    done = true;
  } finally {
    if (!done) {
      delete cache[filename];
      parent?.children.splice(parent.children.indexOf(module), 1);
    }
  }
  module.loaded = true;
  return module.exports;
}

function evaluate(module, number) {
  const letter = table.formats[number];
  if (letter === 'm') {
    module.exports = requireModule(number);
  } else if (!isFunction(number)) {
    module.exports = valueOf(number, letter);
  } else {
    const compiled = functions[number] ?? compileFunction(module.filename);
    if (!leftOut.has(number)) functions[number] = undefined;
    const require = module === entryModule ? entryRequire : makeRequire(module);
    const own = moduleFor(module, require, compiled[0]);
    Reflect.apply(compiled[1], module.exports, [module.exports, require, own, module.filename, module.path]);
  }
}

function makeRequire(module) {
  function require(request) { return requireFrom(module, request); }
  require.resolve = function resolve(request) {
    const target = resolveFrom(module, request);
    return typeof target === 'number' ? table.paths[target] : target;
  };
  require.main = entryModule;
  require.extensions = { __proto__: null };
  require.cache = cache;
  return require;
}

/** What require() of an ES module gives. */
function requireModule(number) {
  const wrap = instantiated(number);
  if (wrap.hasAsyncGraph) {
    throw makeError(Error, 'ERR_REQUIRE_ASYNC_MODULE',
                    'require() cannot be used on an ESM graph with top-level await. Use import() instead.');
  }
  wrap.evaluateSync();
  const space = wrap.getNamespace();
  if (Object.hasOwn(space, 'module.exports')) return space['module.exports'];
  return Object.hasOwn(space, 'default') && !Object.hasOwn(space, '__esModule') ? createRequiredModuleFacade(wrap) : space;
}

// ES modules.

function synthetic(url, value, names) {
  return new ModuleWrap(url, undefined, ['default', ...names], function() {
    const exports = value();
    this.setExport('default', exports);
    for (const name of names) this.setExport(name, exports[name]);
  });
}

function namesOf(value) {
  return value !== null && typeof value === 'object' ? Object.keys(value).filter((name) => name !== 'default') : [];
}

/** What makes another module of the same file. */
function queryOf(specifier) { return /^(?:\.{0,2}\/|file:)[^?#]*([?#].*)$/s.exec(specifier)?.[1] ?? ''; }

function makeWrap(number, type) {
  const path = table.paths[number];
  const letter = table.formats[number];
  if (type !== undefined && type !== 'json') return synthetic(path, () => valueOf(number, type[0]), []);  // text, bytes, file
  if (letter === 'm') {
    if (leftOut.has(number)) {
      throw makeError(Error, 'ERR_SOURCE_LEFT_OUT', `${path} is not loaded twice: the program was packed without its source`);
    }
    return new ModuleWrap(path, undefined, text(path), 0, 0, kId);
  }
  const module = { children: [], filename: undefined };
  if (letter !== 'j') return synthetic(path, () => load(number, module), []);
  const value = load(number, module);
  return synthetic(path, () => value, type === 'json' ? [] : namesOf(value));
}

function wrapOf(number, type, query = '') {
  const key = type === undefined && query === '' ? number : `${number} ${type} ${query}`;
  let wrap = wraps.get(key);
  if (wrap === undefined) {
    wraps.set(key, wrap = makeWrap(number, type));
    if (query !== '') queries.set(wrap, query);
  }
  return wrap;
}

function wrapOfLibrary(name) {
  let wrap = wraps.get(name);
  if (wrap === undefined) {
    const value = requireBuiltin(name);
    wraps.set(name, wrap = synthetic(name, () => value, namesOf(value)));
  }
  return wrap;
}

function notFoundBy(specifier, path) {
  const what = /^[./]/.test(specifier) ? 'module' : 'package';
  return makeError(Error, 'ERR_MODULE_NOT_FOUND', `Cannot find ${what} '${specifier}' imported from ${path}`);
}

/** The path of a file: URL; what is none stays. */
function pathOf(specifier) {
  return specifier.startsWith(kFile) ? decodeURIComponent(specifier.slice(kFile.length).replace(/[?#].*$/s, '')) : specifier;
}

function wrapFor(specifier, path, attributes) {
  const target = find(table.imported[numbers.get(path)], specifier) ?? numbers.get(pathOf(specifier));
  if (typeof target === 'number') return [wrapOf(target, attributes?.type, queryOf(specifier)), target];
  const name = target ?? specifier;
  if (lookup(name) === undefined && !/^(node|dv8):/.test(name)) throw notFoundBy(specifier, path);
  return [wrapOfLibrary(name)];
}

/** Links what a module depends on. */
function link(wrap, number) {
  if (linked.has(wrap)) return;
  linked.add(wrap);
  if (number === undefined || !isModule(number) || wrap.synthetic) return;
  try {
    const found = wrap.getModuleRequests().map(({ specifier, attributes }) => wrapFor(specifier, table.paths[number], attributes));
    for (const [dependency, at] of found) link(dependency, at);
    wrap.link(found.map(([dependency]) => dependency));
  } catch (error) {
    linked.delete(wrap);
    throw error;
  }
}

function instantiated(number) {
  const wrap = wrapOf(number);
  link(wrap, number);
  wrap.instantiate();
  return wrap;
}

setImportModuleDynamicallyCallback(async (id, specifier, phase, attributes, referrer) => {
  const [wrap, number] = wrapFor(`${specifier}`, pathOf(referrer), attributes);
  link(wrap, number);
  wrap.instantiate();
  await wrap.evaluate(-1, false);
  return wrap.getNamespace();
});

setInitializeImportMetaObjectCallback((id, meta, wrap) => {
  const path = wrap.url;
  meta.dirname = folderOf(path);
  meta.filename = path;
  meta.main = path === table.entry;
  meta.resolve = (specifier) => {
    const name = `${specifier}`;
    const target = find(table.imported[numbers.get(path)], name);
    if (typeof target === 'number') return urlOf(table.paths[target]);
    if (lookup(name) !== undefined) return name.includes(':') ? name : `node:${name}`;
    if (/^(node|data|file|https?):/.test(name)) return name;
    if (!/^\.{0,2}\//.test(name)) throw notFoundBy(name, path);
    const parts = name.startsWith('/') ? [] : path.split('/').slice(1, -1);
    for (const part of name.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.' && part !== '') parts.push(part);
    }
    return urlOf(`/${parts.join('/')}`);
  };
  meta.url = urlOf(path) + (queries.get(wrap) ?? '');
});

/** The promise of the end of an ES module; nothing when it has come. */
function runModule(wrap) {
  const promise = wrap.evaluate(-1, false);
  if (wrap.hasAsyncGraph) return promise;
  throwIfPromiseRejected(promise);
  return undefined;
}

function run(isRehearsal) {
  const number = entryNumber();
  const runScript = scriptRunner();
  if (runScript !== undefined && isRehearsal !== true && isFunction(number) && !leftOut.has(number)) {
    runScript(table.entry, text(table.entry));
    return undefined;
  }
  if (isModule(number)) return runModule(instantiated(number));
  load(number, undefined);
  return undefined;
}

/** What the entry, which has run, exports. */
function entryExports() {
  const number = entryNumber();
  return isModule(number) ? wrapOf(number).getNamespace() : cache[table.entry]?.exports;
}

/** Runs `wrapper` as a program of one file, so that the functions here are compiled in the snapshot. */
function rehearse(wrapper) {
  const letter = isModule(entryNumber()) ? 'm' : 'c';
  install({ entry: '/app/rehearsal.js', paths: ['/app/rehearsal.js'], formats: letter, imported: [0], required: [0] });
  if (letter === 'm') {
    wraps.set(0, new ModuleWrap(table.entry, undefined, "console.log('rehearsal'); console.log('rehearsal', 1);", 0, 0, kId));
  } else {
    functions[0] = [undefined, wrapper];
  }
  return run(true);
}

/** Compiles what the snapshot does not have. */
function compileAll() {
  for (let number = 0; number < table.paths.length; number++) {
    try {
      if (isModule(number)) wrapOf(number);
      else if (isFunction(number)) functions[number] ??= compileFunction(table.paths[number]);
    } catch {
      // Its error is the program's, when it is loaded.
    }
  }
}

function install(next) {
  table = next;
  numbers = new Map(table.paths.map((path, number) => [path, number]));
  functions = table.paths.map((path, number) => (isFunction(number) && !table.isDebugged ? compile(path) : undefined));
  if (entryNumber() === undefined || isModule(entryNumber())) return;
  entryModule = new Module(entryNumber(), null);
  entryRequire = makeRequire(entryModule);
  if (globalThis.process !== undefined) globalThis.process.mainModule = entryModule;
}

/** The modules of the program, compiled and, where they are ES modules, linked for the snapshot. */
export function installModules(next) {
  install(next);
  for (let number = 0; number < table.paths.length; number++) {
    if (!isModule(number) || table.isDebugged) continue;
    try {
      instantiated(number);
    } catch {
      // Its error is the program's, when it is loaded.
    }
  }
  if (table.isSourceless) leaveOutSources();
  setGraph({
    entry: table.entry,
    run,
    entryExports,
    rehearse,
    compile: compileAll,
    requirePath: (path) => load(numbers.get(path), { children: [] }),
  });
}

/** Leaves nothing but spaces of the text of a file that is compiled, and linked where it is an ES module. */
function leaveOutSources() {
  for (let number = 0; number < table.paths.length; number++) {
    const isReady = isModule(number) ? linked.has(wraps.get(number)) : functions[number] !== undefined;
    if (isReady && leaveOutSource(table.paths[number])) leftOut.add(number);
  }
}
