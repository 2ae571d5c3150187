// The standard library's start: what every program has, and the hooks the runtime calls.
// Evaluated when the snapshot is made.
import * as app from './app.js';
import { theConsole } from './console.js';
import { state, theProcess } from './process.js';
import { entryPath, processState } from './process_state.js';
import { unhandledRejection } from './rejections.js';
import { register, restoreName } from './registry.js';
import { isRestored } from './restore.js';
import { processTicks, queueMicrotask } from './tick.js';
import { provideServices } from './services.js';
import * as timers from './timers.js';

export { register };
export { setServer } from './app.js';

/** The modules of a program that has them: the packager writes the call. */
export function runGraph(table) { require('./modules.js').installModules(table); }

function formatUncaught(error) { return require('./fatal.js').formatUncaught(error); }

provideServices({ ...timers, formatUncaught, queueMicrotask });

function global(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

global('global', globalThis);
global('process', theProcess);
global('console', theConsole);
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) {
  restoreName(timers[name], name);
  Object.defineProperty(globalThis, name, { value: timers[name], writable: true, configurable: true, enumerable: true });
}
restoreName(queueMicrotask, 'queueMicrotask');
Object.defineProperty(globalThis, 'queueMicrotask', { value: queueMicrotask, writable: true, configurable: true, enumerable: true });

function uncaughtException(error, isRejection) {
  const handled = giveToListeners(error, isRejection);
  // The ticks that the exception left behind need a callback to follow, or 'beforeExit' where no loop can be had.
  if (handled && isRestored()) {
    try {
      timers.setImmediate(() => {});
    } catch { /* EMFILE. */ }
  }
  return handled;
}

function giveToListeners(error, isRejection) {
  const origin = isRejection ? 'unhandledRejection' : 'uncaughtException';
  theProcess.emit('uncaughtExceptionMonitor', error, origin);
  return theProcess.emit('uncaughtException', error, origin) || processState.otherwise?.(error) === true;
}

function beforeExit() {
  theProcess.emit('beforeExit', state.exitCode || 0);
}

const UNSETTLED = 13;

function exit(code) {
  if (!state.exiting) {
    state.exiting = true;
    if (code === 0 && app.isPending() && state.exitCode === undefined) {
      theProcess.stderr.printQuietly(require('./fatal.js').unsettledAwait(entryPath()));
      code = UNSETTLED;
    }
    if (code !== 0 && !state.exitCode) state.exitCode = code;
    theProcess.emit('exit', state.exitCode || 0);
  }
  return (state.exitCode ?? code) & 0xff;
}

/** What the runtime calls: enum Hook in runtime/core/environment.h. */
export const hooks = {
  setMain: app.install,
  importModule: app.appImport,
  evaluate: app.evaluate,
  start: app.start,
  processTicks,
  uncaughtException,
  unhandledRejection,
  processTimers: timers.processTimers,
  processImmediates: timers.processImmediates,
  beforeExit,
  exit,
  prepareStackTrace: (error, sites) => require('./stack_trace.js').prepareStackTrace(error, sites),
  formatUncaught,
};
