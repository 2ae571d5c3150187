// The packed program's own modules: where their imports lead, what they are and what is in them. The packager knows
// (packager/graph); Node's loader asks here before it looks at a disk (packed_program.patch). Programs without a
// graph, and modules that are not in it, are Node's own business.
'use strict';

const {
  ArrayPrototypeFlat,
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  JSONParse,
  ObjectKeys,
  PromiseResolve,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  SafeMap,
  SafeSet,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  globalThis,
} = primordials;
const { compile, compileFunction, leaveOutSource, text: readText } = internalBinding('program');
const { BuiltinModule } = require('internal/bootstrap/realm');

const kFile = 'file://';
const kDv8 = 'dv8:';
/** The format of what becomes a synthetic module here. */
const kPacked = 'packed';
// By the packager's letter. An unknown one ('u') is Node's to find out from the text.
const formats = { __proto__: null, c: 'commonjs', m: 'module', j: 'json', w: 'wasm', t: kPacked, b: kPacked, f: kPacked };
/**
 * Builtins that are not evaluated for the snapshot. What cluster exports depends on the environment; the others warn
 * when they are evaluated, which is for the program that does it, when it does it.
 */
const kAtRunTime = ['cluster', '_stream_wrap', 'punycode', 'quic', 'sys', 'wasi'];
// More imports than these are looked up in a map.
const kFewImports = 24;

const kRoot = '/app/';  // Of the program's virtual paths.

let externals = [];  // Of --external: names, with one "*" at most.
let program;  // As GraphTable() in packager/graph wrote it.
let numbers;  // Path -> number in program.paths.
let lookup;  // Gives a module of dv8's by name.
let moduleFor = (module) => module;  // The `module` that a file gets.
let texts;  // By number: those that were read.
let functions;  // By number, of CommonJS files: [text, function, source map's URL], compiled for the snapshot.
let imported;  // Of a program without its source: what imports lead to, numbers among it.
let linked;  // Numbers of the files whose modules lie linked in the snapshot.
let leftOut;  // Numbers of the files whose functions are all there is.
let linking = false;  // While the snapshot is made: what the table does not know is for the run time.

function setProgram(table, giveModule) {
  program = table;
  moduleFor = giveModule;
  numbers = new SafeMap();
  for (let i = 0; i < table.paths.length; i++) numbers.set(table.paths[i], i);
  if (table.isSourceless) imported = new SafeSet(ArrayPrototypeFlat(table.imported));
  for (const lists of [table.imported, table.required]) {
    for (let i = 0; i < lists.length; i++) {
      const list = lists[i];
      if (list === 0 || list.length <= 2 * kFewImports) continue;
      const map = lists[i] = new SafeMap();
      for (let k = 0; k < list.length; k += 2) map.set(list[k], list[k + 1]);
    }
  }
  texts = [];
  functions = [];
  linked = new SafeSet();
  leftOut = new SafeSet();
  for (let i = 0; i < table.paths.length; i++) {
    const letter = table.formats[i];
    const compiled = (letter === 'c' || letter === 'u') && !table.isDebugged ? compile(table.paths[i]) : undefined;
    ArrayPrototypePush(texts, compiled?.[0]);
    ArrayPrototypePush(functions, compiled);
  }
  const { translators } = require('internal/modules/esm/translators');
  const { ModuleWrap } = internalBinding('module_wrap');
  translators.set(kPacked, function packedStrategy(url, { read, names }) {
    return new ModuleWrap(url, undefined, ['default', ...names], function() {
      const value = read();
      this.setExport('default', value);
      for (const name of names) this.setExport(name, value[name]);
    });
  });
}

/** Compiles the CommonJS files that the snapshot does not have. */
function compileAll() {
  for (let i = 0; i < program.paths.length; i++) {
    if (program.formats[i] !== 'c' && program.formats[i] !== 'u') continue;
    try {
      const compiled = functions[i] ??= compileFunction(program.paths[i]);
      texts[i] = compiled[0];
    } catch {
      // Its error is the program's, when it is loaded.
    }
  }
}

/** `names` are left to the disk: packages that Node looks for where the executable lies, and in the working folder. */
function setExternals(names) { externals = names; }

function isExternal(specifier) {
  for (const name of externals) {
    const star = StringPrototypeIndexOf(name, '*');
    if (star < 0 ? specifier === name
                 : specifier.length + 1 >= name.length &&
                   StringPrototypeStartsWith(specifier, StringPrototypeSlice(name, 0, star)) &&
                   StringPrototypeEndsWith(specifier, StringPrototypeSlice(name, star + 1))) return true;
  }
  return false;
}

/** The folders from which Node looks for an external that `file` asks for; undefined for other modules. */
function foldersOf(specifier, file) {
  if (externals.length === 0 || typeof specifier !== 'string' || typeof file !== 'string' ||
      !StringPrototypeStartsWith(file, kRoot) || !isExternal(specifier)) return undefined;
  const { dirname } = require('path');
  const folders = [dirname(file), dirname(process.execPath)];
  try {
    ArrayPrototypePush(folders, process.cwd());
  } catch {
    // It is gone.
  }
  return folders;
}

function resolveExternalImport(specifier, parent, folders, context) {
  const { defaultResolve } = require('internal/modules/esm/resolve');
  const { pathToFileURL } = require('internal/url');
  let first;
  for (const folder of folders) {
    // The importing file itself comes first; another folder stands for a file in it.
    const parentURL = first === undefined ? parent : pathToFileURL(`${folder}/external`).href;
    try {
      return defaultResolve(specifier, { __proto__: null, ...context, parentURL, isExternal: true });
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      first ??= error;
    }
  }
  throw first;
}

/** A number in program.paths, the name of a library's module, or undefined. */
function find(list, specifier) {
  if (list === 0) return undefined;
  if (list.length === undefined) return list.get(specifier);
  for (let i = 0; i < list.length; i += 2) if (list[i] === specifier) return list[i + 1];
  return undefined;
}

function numberOfUrl(url) {
  if (program === undefined || typeof url !== 'string' || !StringPrototypeStartsWith(url, kFile)) return undefined;
  if (RegExpPrototypeExec(/[%?#]/, url) === null) return numbers.get(StringPrototypeSlice(url, kFile.length));
  const end = RegExpPrototypeExec(/[?#]/, url);
  const { fileURLToPath } = require('internal/url');
  return numbers.get(fileURLToPath(end === null ? url : StringPrototypeSlice(url, 0, end.index)));
}

function urlOf(number) {
  const path = program.paths[number];
  if (RegExpPrototypeExec(/^[\w./@+-]*$/, path) !== null) return kFile + path;
  return require('internal/url').pathToFileURL(path).href;
}

function formatOf(number) { return formats[program.formats[number]]; }

/** Whether `parent` has been given another folder of packages to look in first. */
function looksElsewhere(request, { path, paths }) {
  if (request[0] === '.' || request[0] === '/' || paths === undefined || paths.length === 0) return false;
  return paths[0] !== `${path}/node_modules` && paths[0] !== path;
}

/** The file that `request` leads to from the file of `parent`. */
function resolveRequire(request, parent, isMain, options) {
  if (StringPrototypeStartsWith(request, kDv8) && lookup(request) !== undefined) return request;
  if (options?.paths === undefined) {
    const paths = foldersOf(request, parent?.filename);
    if (paths !== undefined) {
      forRunTime(request);
      return require('internal/modules/cjs/loader').Module._resolveFilename(request, parent, isMain, { __proto__: null, paths });
    }
  }
  if (program === undefined) return undefined;
  if (numbers.has(request) && options?.paths === undefined) return request;  // By its path.
  const number = numbers.get(parent?.filename);
  if (number === undefined || options?.paths !== undefined) return undefined;
  const target = looksElsewhere(request, parent) ? undefined : find(program.required[number], request);
  if (target === undefined) forRunTime(request);
  if (typeof target === 'number') return program.paths[target];
  // The loader of CommonJS knows most builtins by names without the scheme.
  const id = target === undefined ? undefined : BuiltinModule.normalizeRequirableId(target);
  return id !== undefined && BuiltinModule.canBeRequiredWithoutScheme(id) ? id : target;
}

/** Ends the linking of a module whose import only the program can resolve. */
function forRunTime(specifier) {
  if (!linking) return;
  const { BuiltinModule } = require('internal/bootstrap/realm');
  const id = BuiltinModule.normalizeRequirableId(specifier);
  if (id === undefined || ArrayPrototypeIncludes(kAtRunTime, id)) throw new Error(`'${specifier}' is for the run time`);
}

/** What defaultResolve() gives. */
function resolveImport(specifier, context) {
  const { parentURL, importAttributes: attributes } = context;
  if (externals.length !== 0 && context.isExternal === undefined && typeof parentURL === 'string' &&
      StringPrototypeStartsWith(parentURL, kFile + kRoot)) {
    const folders = foldersOf(specifier, require('internal/url').fileURLToPath(parentURL));
    if (folders !== undefined) {
      forRunTime(specifier);
      return resolveExternalImport(specifier, parentURL, folders, context);
    }
  }
  if (program === undefined) return undefined;
  let target = StringPrototypeStartsWith(specifier, kDv8) && lookup(specifier) !== undefined ? specifier : undefined;
  if (target === undefined && StringPrototypeStartsWith(specifier, kFile)) {
    const number = numberOfUrl(specifier);
    return number === undefined ? undefined : { __proto__: null, url: specifier, format: importFormat(number, attributes) };
  }
  if (target === undefined) {
    const number = numberOfUrl(parentURL);
    if (number === undefined) return undefined;
    target = find(program.imported[number], specifier);
  }
  if (target === undefined) {
    forRunTime(specifier);
    return undefined;
  }
  if (typeof target === 'string') {
    return { __proto__: null, url: target, format: StringPrototypeStartsWith(target, kDv8) ? kPacked : 'builtin' };
  }
  return { __proto__: null, url: urlOf(target) + queryOf(specifier), format: importFormat(target, attributes) };
}

/** What makes another module of the same file. */
function queryOf(specifier) { return RegExpPrototypeExec(/^(?:\.{0,2}\/)[^?#]*([?#].*)$/s, specifier)?.[1] ?? ''; }

function importFormat(number, attributes) {
  const type = attributes?.type;
  const format = formatOf(number);
  if (format === 'wasm') forRunTime(program.paths[number]);
  if (type === undefined) return format === 'json' ? kPacked : format;
  return type === 'text' || type === 'bytes' || type === 'file' ? kPacked : format;
}

/** The format of the module at a file: URL; undefined when its text has to tell, or it is not the program's. */
function formatOfUrl(url, attributes) {
  const number = numberOfUrl(url.href);
  return number === undefined ? undefined : importFormat(number, attributes);
}

/** The same for require(); null when the text has to tell. */
function formatOfFile(filename) {
  const number = numbers?.get(filename);
  return number === undefined ? undefined : formatOf(number) ?? null;
}

function textOf(number) { return texts[number] ??= readText(program.paths[number]); }

/**
 * The program's file that a worker is asked for by a path which is neither absolute nor made of the file's own place:
 * relative to the entry. undefined when the program has none, and the working folder is meant.
 */
function workerFile(name) {
  if (program === undefined) return undefined;
  const { dirname, resolve } = require('path');
  const file = resolve(dirname(program.entry), name);
  return numbers.has(file) ? file : undefined;
}

/** Whether a file is the program's. */
function has(filename) { return numbers?.get(filename) !== undefined; }

/** The text of a module of the program; undefined for other files. */
function textOfFile(filename) {
  const number = numbers?.get(filename);
  return number === undefined ? undefined : textOf(number);
}
/** What wrapSafe() gives for a CommonJS file, once; undefined when it is to be compiled. */
function compiledFunction(filename, text) {
  const number = numbers?.get(filename);
  const compiled = number === undefined ? undefined : functions[number];
  if (compiled === undefined || text !== compiled[0]) return undefined;
  if (!leftOut.has(number)) functions[number] = undefined;
  return { __proto__: null, canParseAsESM: false, function: compiled[1], sourceMapURL: compiled[2], sourceURL: filename };
}
function textOfUrl(url) {
  const number = numberOfUrl(url);
  if (number === undefined || program.formats[number] === 'w') return undefined;
  if (!leftOut.has(number)) return textOf(number);
  const error = new Error(`${url} is not loaded twice: the program was packed without its source`);
  error.code = 'ERR_SOURCE_LEFT_OUT';
  throw error;
}

/** The value of the default export of a WebAssembly module of the program's that has no such export: its bytes. */
function wasmDefault(url) {
  const number = numberOfUrl(url);
  return number === undefined ? undefined : valueOf(program.paths[number], 'b');
}

// What a file is when it is no code, by the letter of its loader.
function valueOf(path, letter) {
  const { readFileSync } = require('fs');
  switch (letter) {
    case 't': return RegExpPrototypeSymbolReplace(/^\uFEFF/, readFileSync(path, 'utf8'), '');
    case 'j': return JSONParse(textOf(numbers.get(path)));
    case 'b': {
      const bytes = readFileSync(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    default: return path;
  }
}

/**
 * {value} for what require() of a file gives without running it; undefined when Node is to load it, or what the program
 * has put into require.extensions, which is asked for by `extension`.
 */
function requireValue(filename, extension) {
  if (StringPrototypeStartsWith(filename, kDv8)) return { __proto__: null, value: lookup(filename) };
  if (program === undefined) return undefined;
  const number = numbers.get(filename);
  if (number === undefined) return undefined;
  const letter = program.formats[number];
  if (formats[letter] !== 'json' && extension !== '.js') return undefined;
  if (letter === 'w') return { __proto__: null, value: valueOf(filename, 'b') };
  // Node reads JSON by the ending of its name.
  if (letter === 'j' && !StringPrototypeEndsWith(filename, '.json')) return { __proto__: null, value: valueOf(filename, letter) };
  return formats[letter] === kPacked ? { __proto__: null, value: valueOf(filename, letter) } : undefined;
}

function namesOf(value) {
  if (value === null || typeof value !== 'object') return [];
  const names = [];
  for (const name of ObjectKeys(value)) if (name !== 'default') names.push(name);
  return names;
}

/** What defaultLoadSync() gives for the format kPacked. */
function loadPacked(url, attributes) {
  let read;
  let names = [];
  if (StringPrototypeStartsWith(url, kDv8)) {
    const value = lookup(url);
    read = () => value;
    names = namesOf(value);
  } else {
    const number = numberOfUrl(url);
    const path = program.paths[number];
    const letter = program.formats[number];
    const type = attributes?.type;
    if (type === undefined && letter === 'j') {
      const value = require('internal/modules/cjs/loader').wrapModuleLoad(path, undefined, false);
      read = () => value;
      names = namesOf(value);
    } else {
      read = () => valueOf(path, type === undefined ? letter : type[0]);  // text, bytes, file
    }
  }
  return { __proto__: null, format: kPacked, responseURL: url, source: null, read, names };
}

/** Links the modules that an entry which is one imports, for the snapshot; of a program without its source all. */
function link() {
  const entry = numbers.get(program.entry);
  const roots = new SafeSet();
  if (entry !== undefined && formatOf(entry) === 'module') roots.add(entry);
  if (program.isSourceless) {
    for (let i = 0; i < program.paths.length; i++) if (formatOf(i) === 'module' || isCode(i) && imported.has(i)) roots.add(i);
  }
  if (roots.size === 0) return;
  const { initializeESM } = require('internal/modules/esm/utils');
  require('internal/util/debuglog').initializeDebugEnv(undefined);
  initializeESM();
  const loader = require('internal/modules/esm/loader').getOrInitializeCascadedLoader();
  linking = true;
  for (const root of roots) {
    try {
      linkModule(loader, root);
    } catch {
      // Its error is the program's, when it runs.
    }
  }
  linking = false;
}

function linkModule(loader, number) {
  const { requestTypes } = require('internal/modules/esm/utils');
  const { kEvaluationPhase } = internalBinding('module_wrap');
  const request = { __proto__: null, specifier: urlOf(number), phase: kEvaluationPhase, attributes: { __proto__: null } };
  const job = loader.getOrCreateModuleJob(undefined, request, requestTypes.kImportInImportedESM);
  job.module.instantiate();
  const instantiated = PromiseResolve();
  const jobs = [job];
  for (const { linked: dependencies } of jobs) {  // It grows.
    for (const dependency of dependencies) {
      if (dependency.instantiated !== undefined) continue;
      dependency.instantiated = instantiated;
      ArrayPrototypePush(jobs, dependency);
    }
  }
  job.instantiated = instantiated;
  for (const { url } of jobs) linked.add(numberOfUrl(url));
}

function isCode(number) {
  const letter = program.formats[number];
  return letter === 'm' || letter === 'c' || letter === 'u';
}

/** Leaves nothing but spaces of the text of a file that is compiled, and linked where it is imported. */
function leaveOutSources() {
  for (let i = 0; i < program.paths.length; i++) {
    const isReady = linked.has(i) || functions[i] !== undefined && !imported.has(i);
    if (isCode(i) && isReady && leaveOutSource(program.paths[i])) leftOut.add(i);
  }
}

/** Runs the program's entry. The promise of its end when it is an ES module. */
function run() {
  const { entry } = program;
  if (program.importsSources) internalBinding('v8').setFlagsFromString('--js-source-phase-imports');
  const number = numbers.get(entry);
  if (formatOf(number) === 'module') {
    return require('internal/modules/run_main').runEntryPointWithESMLoader(
      (loader) => loader.import(urlOf(number), undefined, { __proto__: null }, undefined, true));
  }
  require('internal/modules/cjs/loader').wrapModuleLoad(entry, null, true);
  const { privateSymbols: { entry_point_promise_private_symbol: promise } } = internalBinding('util');
  return globalThis[promise];
}

/** What the entry, which has run, exports: a promise of it when it is an ES module. */
function entryExports() {
  const { entry } = program;
  const number = numbers.get(entry);
  if (formatOf(number) !== 'module') return require('internal/modules/cjs/loader').Module._load(entry);
  const loader = require('internal/modules/esm/loader').getOrInitializeCascadedLoader();
  return loader.import(urlOf(number), undefined, { __proto__: null });
}

/**
 * Loads a program of two files, in a context that is thrown away: what the builder runs, so that the loader's functions
 * are compiled in the snapshot.
 */
function rehearse() {
  const number = numbers.get(program.entry);
  const isModule = number !== undefined && formatOf(number) === 'module';
  const imported = isModule ? "import fs from 'fs'; import b from './b.js';" : "require('util').format('%s', require('./b.js'));";
  const b = isModule ? 'export default 1;' : 'module.exports = 1;';
  const paths = ['/app/rehearsal.js', '/app/b.js'];
  const imports = [['./b.js', 1], 0];
  setProgram({ entry: paths[0], paths, formats: isModule ? 'mm' : 'cc', imported: imports, required: imports }, moduleFor);
  texts = [imported, b];
  return run();
}

module.exports = {
  compileAll,
  compiledFunction,
  entryExports,
  formatOfFile,
  formatOfUrl,
  has,
  kAtRunTime,
  kPacked,
  leaveOutSources,
  link,
  loadPacked,
  moduleFor: (module, require, text) => moduleFor(module, require, text),
  rehearse,
  requireValue,
  resolveImport,
  resolveRequire,
  run,
  setExternals,
  setLookup(find) { lookup = find; },
  setProgram,
  textOfFile,
  textOfUrl,
  wasmDefault,
  workerFile,
};
