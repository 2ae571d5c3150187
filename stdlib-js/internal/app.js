// The app: what runs, dv8.main, and the `require` that texts see which are no files.
import { processState, entryPath } from './process_state.js';
import { runRestoreHooks } from './restore.js';
import { lookup } from './registry.js';

let wrapper;
let evaluated = false;
let main; // What dv8.main was given.
let pending = false; // The top level, or main, waits.
let loader; // Of node_loader.js, when the program has Node's library.

let ownRequire; // dv8's, for --env=core.
let program; // {entry, run}: dv8's script.
// {entry, run, rehearse, compile, requirePath, isNode} of the program's modules: run() gives the promise of their end, or nothing.
// What dv8's script requires are modules without an entry.
let graph;
let callModule; // dv8:core's: makes `module` callable in files that call it.
let findScriptRunner;
let server; // dv8:serve's, for what the entry exports.
let inTopLevel = false;

/** dv8:core gives the `require` that the program sees. */
export function setRequire(value) { ownRequire = value; }

/** dv8:core gives the program when it is a script: {entry, run}; undefined in a thread, which has another. */
export function setProgram(value) { program = value; }

/** internal/graph.js or internal/modules.js gives a program that is its modules. */
export function setGraph(value) { graph = value; }

/** The packer gives what serves the entry's exports when it has run. */
export function setServer(value) { server = value; }

/** dv8:core gives what module() does in CommonJS files. */
export function setModuleCaller(value) { callModule = value; }

/** dv8:isolate gives what finds the function that runs the entry, a CommonJS file, as a script; none for other programs. */
export function setScriptRunner(find) { findScriptRunner = find; }

/** That function, of a path and a text; undefined. */
export function scriptRunner() { return findScriptRunner?.(); }

/** The `module` that the function of a CommonJS file gets. */
export function moduleFor(module, require, text) { return callModule === undefined ? module : callModule(module, require, text); }

/** What require() of a packed file gives, by its virtual path. */
export function requirePath(path) { return graph.requirePath(path); }

/** Compiles the program's modules, which are not in the snapshot, so that dv8:debugger's clients see them. */
export function compileProgram() { graph?.compile(); }

/** Whether Node's loader runs the program's modules. */
export function isGraph() { return graph?.isNode === true; }

/** True while the top level runs, and after it has thrown. */
export function isInTopLevel() { return inTopLevel; }

/** The app's CommonJS module object: require.main. */
export const mainModule = {
  id: '.', path: '', exports: {}, filename: '', loaded: false, children: [], paths: [], parent: undefined,
};

/** node_bootstrap.js gives the loader, so that programs without Node's library do not carry one. */
export function setLoader(value) { loader = value; }

/** The loader, and the `require` that dv8:core gave; undefined when there are none. */
export function loaders() { return { loader, ownRequire }; }

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

/** Throws for what require() does not take. */
export function checkRequest(request) {
  if (typeof request === 'string') return;
  const error = new TypeError(`The "id" argument must be of type string. Received ${request === null ? 'null' : typeof request}`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

/** A `require` of what is built in, for programs without a loader. `file` gives the file it is of. */
export function builtinRequire(file) {
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

/** What import() of `request` gives in a text that is no file: an object with the exports and `default`. */
export async function appImport(request) {
  if (loader !== undefined) return loader.importFrom(entryPath())(request);
  const exports = appRequire(request);
  return { __proto__: null, ...exports, default: exports };
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

// A program, one of a thread, or the rehearsal: `wrapper` is what the last two run.
function runEntry() {
  const { entry } = processState;
  if (program?.entry === entry) return program.run();
  if (graph?.entry === entry) return graph.run();
  if (graph !== undefined && entry !== 'dv8:thread') return graph.rehearse(wrapper);
  const fn = wrapper;
  wrapper = undefined;
  return Reflect.apply(fn, mainModule.exports, [ownRequire ?? appRequire, mainModule, mainModule.exports, requireBuiltin]);
}

function runTopLevel() {
  inTopLevel = true;
  const result = runEntry();
  inTopLevel = false;
  return result;
}

/**
 * The hook evaluate: the top level, at pack time. Gives whether it has named a main, here or, by `hasOtherMain`, elsewhere; a
 * promise of it where it is asynchronous.
 */
export function evaluate(hasOtherMain = () => false) {
  const result = runTopLevel();
  evaluated = true;
  const hasMain = () => main !== undefined || hasOtherMain();
  return isPromise(result) ? result.then(hasMain) : hasMain();
}

/** The hook start. */
export function start() {
  runRestoreHooks();
  if (evaluated) return startMain();
  const result = runTopLevel();
  // Node's loader itself says what waits for ever.
  if (isPromise(result) && isGraph()) return result.then(startMain);
  if (isPromise(result)) return follow(result.then(runMain));
  return startMain();
}

function startMain() {
  const promise = runMain();
  return isPromise(promise) ? follow(promise) : undefined;
}

function runMain() {
  const promise = main?.();
  // A thread runs something else.
  if (server === undefined || graph?.entry !== processState.entry) return promise;
  const exports = graph.entryExports();
  return isPromise(exports) ? exports.then(server) : server(exports) ?? promise;
}

/** True while the top level (or main) waits for a promise. */
export function isPending() { return pending; }
