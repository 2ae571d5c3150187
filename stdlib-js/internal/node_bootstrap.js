// The start of a program that has Node's library: evaluates the library's own bootstrap while the snapshot is made,
// and gives the runtime its hooks. Programs that need no more than bootstrap.js has do not carry it.
import * as builtins from 'internal:library/builtins';
import * as processMethods from 'internal:library/process_methods';
import * as app from './app.js';
import { emptyBuffer } from './empty_buffer.js';
import { installGraph } from './graph.js';
import { nodeLoader } from './node_loader.js';
import { behavesAsNode } from './node_program.js';
import { entryPath, processState, provideProcess, startedPath } from './process_state.js';
import { register, setBuiltins, setUndici } from './registry.js';
import { onRestore, runRestoreHooks } from './restore.js';
import { provideServices } from './services.js';
import { mappedLines } from './source_map.js';
import { mappedSites } from './stack_trace.js';

export { register };
export { setServer } from './app.js';

const nodeVersion = '24.21.0';
const { compileFunction } = builtins;

const theProcess = processMethods.newProcessObject();
const privateSymbols = builtins.privateSymbols();
const exitInfo = builtins.exitInfo();
theProcess[privateSymbols.exit_info_private_symbol] = exitInfo;
theProcess.env = processMethods.newEnvObject();
builtins.keep('process', theProcess);
provideProcess(theProcess);

// While a program's start is rehearsed (snapshot.cc) this stands for the system; undefined otherwise.
const stage = builtins.isRehearsal() ? {} : undefined;
if (stage !== undefined) {
  compileFunction('internal/dv8/rehearsal/stage')(
    stage, undefined, undefined, theProcess, builtins.getInternalBinding, undefined);
}
const getInternalBinding = stage?.internalBinding ?? builtins.getInternalBinding;

const primordials = {};
const perContext = {};
builtins.keep('per_context_exports', perContext);
const symbols = getInternalBinding('symbols');
for (const name of ['primordials', 'domexception', 'messageport']) {
  compileFunction(`internal/per_context/${name}`)(perContext, primordials, privateSymbols, symbols);
}
builtins.keep('primordials', primordials);

compileFunction('internal/bootstrap/realm')(
  theProcess, () => { throw new Error('there are no linked bindings'); }, getInternalBinding, primordials);
const [internalBinding, requireBuiltin] = builtins.internalLoaders();
for (const id of [
  'internal/bootstrap/node', 'internal/bootstrap/web/exposed-wildcard',
  'internal/bootstrap/web/exposed-window-or-worker', 'internal/bootstrap/switches/is_main_thread',
  'internal/bootstrap/switches/does_own_process_state',
]) {
  compileFunction(id)(theProcess, requireBuiltin, internalBinding, primordials);
}

requireBuiltin('internal/dv8/web_assembly')();

const { BuiltinModule } = requireBuiltin('internal/bootstrap/realm');
const execution = requireBuiltin('internal/process/pre_execution');
const { prepareStackTraceCallback } = requireBuiltin('internal/errors');
const { popAsyncContext, pushAsyncContext } = requireBuiltin('internal/async_hooks');

setBuiltins((name) => {
  const id = BuiltinModule.normalizeRequirableId(name);
  return id === undefined ? undefined : BuiltinModule.map.get(id).compileForPublicLoader();
});

setUndici(() => requireBuiltin('internal/deps/undici/undici'));

requireBuiltin('internal/dv8/empty_buffer').provideEmptyBuffer(emptyBuffer);
const { Timeout } = requireBuiltin('internal/timers');
provideServices({
  ...requireBuiltin('timers'), formatUncaught, queueMicrotask: globalThis.queueMicrotask, Timeout,
});
app.setLoader(nodeLoader(requireBuiltin, internalBinding));

// What console.log() requires: nearly every program prints.
const STDIO = ['internal/fs/sync_write_stream', 'internal/util/colors', 'net'];

// What builtins require when they are first used, and the files of internal/dv8/rehearsal/ that use them. Those of
// '' are for all programs, the others for those that name the builtin or one that requires it.
const USES = {
  '': { rehearsals: ['program', 'stdio'] },
  'child_process': { rehearsals: ['child_process'] },
  'crypto': { rehearsals: ['crypto'] },
  'fs': { requires: ['internal/fs/read/context', 'internal/fs/streams'], rehearsals: ['fs', 'fs_streams'] },
  'fs/promises': { rehearsals: ['fs'] },
  'http': { rehearsals: ['http'] },
  'net': { requires: ['dns'], rehearsals: ['net'] },
  'readline': { requires: ['internal/fs/streams'], rehearsals: ['stdin', 'readline'] },
  'stream': { rehearsals: ['stream'] },
  'zlib': { rehearsals: ['zlib'] },
};

const rehearsals = new Set();

/** Evaluates the builtins that the program names, for the snapshot. */
export function evaluateBuiltins(names) {
  const isLoaded = (id) => BuiltinModule.map.get(id)?.loaded === true;
  const ofBootstrap = new Set(Object.keys(USES).filter(isLoaded));
  const named = new Set(['']);
  const { kAtRunTime } = requireBuiltin('internal/dv8/program');
  // Some log while they are evaluated; the start reads NODE_DEBUG.
  requireBuiltin('internal/util/debuglog').initializeDebugEnv(undefined);
  // Who packs a program is not told of deprecated modules in it.
  theProcess.noDeprecation = true;
  for (const name of names) {
    const id = BuiltinModule.normalizeRequirableId(name);
    if (kAtRunTime.includes(id)) continue;
    named.add(id);
    try {
      // Not for users yet: which names it exports is known when the program has started.
      BuiltinModule.map.get(id)?.compileForInternalLoader();
    } catch {
      // Its error is the program's, where it requires the module.
    }
  }
  for (const id of Object.keys(USES)) {
    if (!named.has(id) && (ofBootstrap.has(id) || !isLoaded(id))) continue;
    USES[id].requires?.forEach(requireBuiltin);
    USES[id].rehearsals.forEach((rehearsal) => rehearsals.add(rehearsal));
  }
  STDIO.forEach(requireBuiltin);
  // Node's tests give tty another binding before they require it.
  if (!behavesAsNode()) requireBuiltin('tty');
  // The values of all options, for the snapshot.
  requireBuiltin('internal/options').getOptionValue('');
  delete theProcess.noDeprecation;
  registered()[0]?.();  // Streams of the builder's own standard output, when one was made.
}

/** The modules of a program that has them: the packager writes the call. */
export function runGraph(table) { installGraph(table, requireBuiltin); }

/** The packager calls it with what --external leaves to the disk. */
export function leaveOut(names) { requireBuiltin('internal/dv8/program').setExternals(names); }

/** The file of lib/internal/main that `node` would run for the command line. */
function mainScript() {
  const options = requireBuiltin('internal/options');
  options.refreshOptions();
  const { getOptionValue } = options;
  processMethods.patchProcessObject(theProcess);
  const file = theProcess.argv[1] ?? '';
  if (file === 'inspect') return 'inspect';
  if (getOptionValue('--help')) return 'print_help';
  if (getOptionValue('--prof-process')) return 'prof_process';
  const interactive = getOptionValue('--interactive');
  if (getOptionValue('[has_eval_string]') && !interactive) return 'eval_string';
  if (getOptionValue('--check')) return 'check_syntax';
  if (getOptionValue('--test')) return 'test_runner';
  if (getOptionValue('--watch')) return 'watch_mode';
  if (file !== '' && file !== '-') return 'run_main_module';
  return interactive || requireBuiltin('internal/util').guessHandleType(0) === 'TTY' ? 'repl' : 'eval_stdin';
}

// The main module's async id. Behind an exception the handler of uncaught ones pops it.
const MAIN = 1;

/** Runs a program's top level as the async resource that Node has for it. */
function asMain(run) {
  pushAsyncContext(MAIN, 0, {});
  const result = run();
  popAsyncContext(MAIN);
  return result;
}

/** A heap image has no `gc`, whatever V8's options say. */
function exposeGc() {
  if (globalThis.gc !== undefined || !processMethods.exposesGc()) return;
  const value = function gc(options) {
    if (options?.execution !== 'async') return processMethods.collectGarbage();
    return new Promise((resolve) => { setImmediate(() => { processMethods.collectGarbage(); resolve(); }); });
  };
  Object.defineProperty(globalThis, 'gc', { value, writable: true, configurable: true, enumerable: false });
}

/** As node; false when what node's command line names is the packed program itself. */
function startAsNode() {
  const script = mainScript();
  if (!behavesAsNode() && script === 'run_main_module') {
    const path = requireBuiltin('path').resolve(theProcess.argv[1]);
    if (path === entryPath() || path === startedPath()) return false;
  }
  exposeGc();
  runRestoreHooks();
  getInternalBinding('inspector').start();
  compileFunction(`internal/main/${script}`)(theProcess, requireBuiltin, internalBinding, primordials);
  return true;
}

const { registered } = internalBinding('mksnapshot');

/** The program's top level, then what it gave to v8.startupSnapshot.addSerializeCallback(). Gives whether there is a main. */
function evaluate() {
  requireBuiltin('internal/console/constructor').initializeGlobalConsole(requireBuiltin('internal/console/global'));
  // Of this machine and this process there is nothing to see.
  Object.assign(theProcess, { argv: [entryPath(), startedPath()], argv0: entryPath(), execArgv: [], execPath: entryPath() });
  const { Module } = requireBuiltin('internal/modules/cjs/loader');
  Module.builtinModules = Object.freeze(BuiltinModule.getAllBuiltinModuleIds().filter((name) => name !== 'node:quic'));
  Module.runMain = requireBuiltin('internal/modules/run_main').executeUserEntryPoint;
  // The start gives them values of the program's process, by name, too.
  onRestore(() => { for (const id of ['module', 'process']) BuiltinModule.map.get(id).syncExports(); });
  const result = asMain(() => app.evaluate(() => registered()[1] !== undefined));
  const serialize = (hasMain) => {
    registered()[0]?.();
    return hasMain;
  };
  return typeof result === 'boolean' ? serialize(result) : result.then(serialize);
}

function startMain() {
  if ((behavesAsNode() || processMethods.isNode()) && stage === undefined && startAsNode()) return undefined;
  const main = registered()[1];  // v8.startupSnapshot.setDeserializeMainFunction()'s.
  if (main !== undefined) {
    runRestoreHooks();
    return main();
  }
  execution.prepareMainThreadExecution(false, true);
  execution.markBootstrapComplete();
  return app.start();
}

// Files that have read what the current thread is.
const OF_THE_THREAD = [
  'internal/worker/messaging', 'internal/worker', 'internal/locks', 'worker_threads', 'internal/util/trace_sigint', 'inspector', 'inspector/promises',
];

const OF_HOOKS = ['internal/modules/esm/loader', 'internal/modules/esm/hooks'];

/** A thread of worker_threads: what it runs comes by its port. */
function startWorker() {
  BuiltinModule.evaluateAnew(OF_THE_THREAD);
  // The thread of asynchronous hooks makes a loader of its own.
  if (getInternalBinding('worker').isInternalThread) BuiltinModule.evaluateAnew(OF_HOOKS);
  requireBuiltin('internal/options').refreshOptions();
  delete theProcess._startProfilerIdleNotifier;
  delete theProcess._stopProfilerIdleNotifier;
  exposeGc();
  runRestoreHooks();
  for (const id of [
    'internal/bootstrap/switches/is_not_main_thread', 'internal/bootstrap/switches/does_not_own_process_state', 'internal/main/worker_thread',
  ]) {
    compileFunction(id)(theProcess, requireBuiltin, internalBinding, primordials);
  }
}

/** The hook start; `worker` is internalBinding('worker') in a thread of worker_threads. */
function start(worker) {
  stage?.start();
  builtins.restored();
  const result = asMain(worker === undefined ? startMain : startWorker);
  if (stage !== undefined) rehearse();
  return result;
}

/** Uses what the program has, so that what is called is compiled in the snapshot. */
function rehearse() {
  // --env=core gives programs globals of dv8's by Node's names; they are rehearsed less.
  if (globalThis.Buffer !== requireBuiltin('buffer').Buffer) return;
  for (const name of rehearsals) {
    const exports = {};
    try {
      compileFunction(`internal/dv8/rehearsal/${name}`)(exports, requireBuiltin, undefined, theProcess, internalBinding, primordials);
      exports.run(stage);
    } catch (error) {
      // A mistake of ours that costs the program some time at each start.
      theProcess._rawDebug(`warning: ${name} cannot be rehearsed: ${error?.stack ?? error?.message ?? error}`);
    }
  }
}

const UNSETTLED = 13;
const INVALID_FATAL_EXCEPTION = 6;

function exit(code) {
  if (!theProcess._exiting) {
    theProcess._exiting = true;
    if (code === 0 && app.isPending() && theProcess.exitCode === undefined) {
      theProcess._rawDebug(`Warning: Detected unsettled top-level await at ${entryPath()}`);
      code = UNSETTLED;
    }
    if (code === 0 && theProcess.exitCode === undefined && (behavesAsNode() || app.isGraph()) && getInternalBinding('module_wrap').reportUnsettledAwait()) code = UNSETTLED;
    if (code !== 0 && !theProcess.exitCode) theProcess.exitCode = code;
    theProcess.emit('exit', theProcess.exitCode || 0);
  }
  const { isMainThread } = getInternalBinding('worker');
  return isMainThread ? (theProcess.exitCode ?? code) & 0xff : theProcess.exitCode ?? code;
}

// Of what has no stack. The program's getters may throw.
function wordsOf(error) {
  try {
    if (error?.name !== undefined && error.message !== undefined) return `${error.name}: ${error.message}`;
  } catch {
    // Its own words are left.
  }
  try {
    return String(error);
  } catch {
    return '<toString() threw exception>';
  }
}

/** What goes to stderr for an error that nobody caught, as Node writes it. */
function formatUncaught(error) {
  const { fatalExceptionStackEnhancers: enhancers } = requireBuiltin('internal/errors');
  const { getOptionValue } = requireBuiltin('internal/options');
  const source = mappedLines(getInternalBinding('errors').uncaughtSource(error));
  let text = source === '' ? '' : `\n${source}`;
  let trace;
  let arrow = '';
  if (error !== null && (typeof error === 'object' || typeof error === 'function')) {
    try {
      enhancers.beforeInspector(error);
      getInternalBinding('inspector').reportUncaught(error);
      trace = enhancers.afterInspector(error);
    } catch {
      // error.stack is the program's getter.
    }
    const lines = error[privateSymbols.arrow_message_private_symbol];
    if (typeof lines === 'string' && !error[privateSymbols.decorated_private_symbol]) arrow = `${mappedLines(lines)}\n`;
  }
  if (trace) {
    text += `${arrow}${trace}\n`;
  } else {
    text += `${arrow}${wordsOf(error)}\n`;
    if (!getOptionValue('--trace-uncaught')) {
      const name = theProcess.argv0?.split('/').pop().replace(/\.[^.]*$/, '') || 'node';
      text += `(Use \`${name} --trace-uncaught ...\` to show where the exception was thrown)\n`;
    }
  }
  if (getOptionValue('--trace-uncaught')) {
    const stack = getInternalBinding('errors').uncaughtStack();
    if (stack !== '') text += `Thrown at:\n${stack}`;
  }
  if (getOptionValue('--extra-info-on-fatal-exception')) text += `\nNode.js v${nodeVersion}\n`;
  return text;
}

// For --report-uncaught-exception.
function reportUncaught(error) {
  const report = getInternalBinding('report');
  if (report.shouldReportOnUncaughtException()) report.writeReport('Exception', 'Exception', undefined, error);
}

// Whether dv8:core takes an uncaught exception: nothing of the program's does.
function goesToDv8() {
  return processState.otherwise !== undefined && theProcess.listenerCount('uncaughtException') === 0 &&
    !theProcess.hasUncaughtExceptionCaptureCallback();
}

/** What the runtime calls: enum Hook in runtime/core/environment.h. Bindings give the others (setTickCallback). */
export const hooks = {
  setMain: app.install,
  importModule: app.appImport,
  evaluate,
  start,
  uncaughtException(error, isRejection) {
    if (goesToDv8() && processState.otherwise(error)) return true;
    if (typeof theProcess._fatalException === 'function') {
      try {
        if (theProcess._fatalException(error, isRejection)) return true;
        reportUncaught(error);
        return false;
      } catch (failure) {
        // A listener took the error; there is no descriptor for the loop that its immediate waits in.
        if (failure?.code === 'EMFILE' && failure !== error) return true;
        throw failure;
      }
    }
    processMethods._rawDebug(formatUncaught(error).trimEnd());
    return processMethods.reallyExit(INVALID_FATAL_EXCEPTION);
  },
  beforeExit: () => { theProcess.emit('beforeExit', theProcess.exitCode || 0); },
  exit,
  prepareStackTrace: (error, sites) => prepareStackTraceCallback(globalThis, error, mappedSites(sites)),
  formatUncaught,
};
