// The process object. Nothing of the machine is read before a program asks for it, so that
// the object can live in the snapshot.
import * as host from 'internal:host';
import * as native from 'internal:process';
import { manifest } from 'internal:payload';
import { SignalWatch } from 'internal:signal';
import { EventEmitter } from './event_emitter.js';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET,
         ERR_UNKNOWN_CREDENTIAL, ERR_UNKNOWN_SIGNAL, errnoException } from './errors.js';
import { makeEnv } from './process_env.js';
import { isRestored, onRestore } from './restore.js';
import { SyncWriter } from './stdio.js';
import { nextTick } from './tick.js';
import { parseFileMode, validateArray, validateId, validateInteger, validateString } from './validators.js';

const nodeVersion = '24.21.0';

export function process() {
  throw new TypeError('Illegal constructor');
}
const prototype = Object.create(EventEmitter.prototype, {
  constructor: { value: process, writable: true, configurable: true },
});
/** The one process object. */
export let theProcess = Object.create(prototype);
/** Node's library has one of its own, which takes this one's place before anything else is evaluated. */
export function adoptProcess(value) { theProcess = value; }
EventEmitter.call(theProcess);
Object.defineProperty(theProcess, Symbol.toStringTag, { value: 'process', configurable: true });

// `cwd` is an embedded folder that the program has made its current one; the disk has no such folder.
// `otherwise` is what dv8:core does with an error that no listener takes.
const state = { exitCode: undefined, exiting: false, capture: null, entry: undefined, cwd: undefined, otherwise: undefined };
export { state as processState };

function define(name, descriptor) {
  Object.defineProperty(theProcess, name, { enumerable: true, configurable: true, ...descriptor });
}

// A property that is computed at its first use in each life of the heap, and can be replaced.
function lazy(name, compute) {
  function install() {
    define(name, {
      get() {
        const value = compute();
        define(name, { value, writable: true });
        return value;
      },
      set(value) { define(name, { value, writable: true }); },
    });
  }
  install();
  return install;
}

/** The entry's virtual path, as the builder or the payload knows it. */
export function entryPath() { return manifest('entry') ?? state.entry ?? '/app/main.js'; }

const resets = [
  lazy('argv', () => [native.execPath(), entryPath(), ...native.argv().slice(1)]),
  lazy('argv0', () => native.argv()[0] ?? ''),
  lazy('execPath', native.execPath),
  lazy('execArgv', () => []),
  lazy('pid', () => native.ids()[0]),
  lazy('title', () => manifest('name') ?? native.argv()[0] ?? ''),
];
// A program whose top level ran at pack time may have read them: they are read anew.
onRestore(() => { for (const reset of resets) reset(); });

lazy('env', makeEnv);
lazy('versions', () => {
  const [v8, uv, dv8] = native.versions();
  return Object.freeze({ node: nodeVersion, dv8, v8, uv, modules: '137' });
});
lazy('release', () => ({ name: 'node', lts: 'Krypton' }));
lazy('features', () => Object.freeze({
  inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: true, tls: true,
  openssl_is_boringssl: false, cached_builtins: true, require_module: true, typescript: false,
}));
lazy('config', () => Object.freeze({ target_defaults: Object.freeze({}), variables: Object.freeze({}) }));
lazy('allowedNodeEnvironmentFlags', () => Object.freeze(new Set()));
lazy('report', () => undefined);
define('ppid', { get: () => native.ids()[1] });
define('debugPort', { value: 9229, writable: true });
define('version', { value: `v${nodeVersion}` });
define('platform', { value: 'linux' });
define('arch', { value: 'x64' });
define('moduleLoadList', { value: [] });
define('_exiting', { get: () => state.exiting, set(value) { state.exiting = value; }, enumerable: false });
define('exitCode', {
  get: () => state.exitCode,
  set(value) {
    if (value !== undefined && value !== null) {
      let number = value;
      if (typeof value === 'string' && value !== '' && Number.isInteger(+value)) number = +value;
      validateInteger(number, 'code');
      value = number;
    }
    state.exitCode = value ?? undefined;
  },
});

const stdout = new SyncWriter(1);
const stderr = new SyncWriter(2);
define('stdout', { get: () => stdout });
define('stderr', { get: () => stderr });
let makeStdin = () => {
  throw new Error('process.stdin needs node:stream, which is not in this executable');
};
lazy('stdin', () => makeStdin());
// Code that goes through all properties shall not meet the error.
define('stdin', { ...Object.getOwnPropertyDescriptor(theProcess, 'stdin'), enumerable: false });
/** dv8:stdin brings standard input, and with it the streams, when a program names it. */
export function provideStdin(make) {
  makeStdin = make;
  define('stdin', { ...Object.getOwnPropertyDescriptor(theProcess, 'stdin'), enumerable: true });
}
define('_rawDebug', { value: (...args) => { stderr.write(`${args.join(' ')}\n`); }, writable: true });

theProcess.nextTick = nextTick;
theProcess.cwd = { cwd() { return state.cwd ?? native.cwd(); } }.cwd;
theProcess.chdir = { chdir(directory) {
  validateString(directory, 'directory');
  state.cwd = native.chdir(directory, state.cwd);
} }.chdir;
theProcess.abort = { abort() { native.abort(); } }.abort;

/** Ends the process after the 'exit' listeners. */
theProcess.exit = { exit(code) {
  if (code !== undefined) theProcess.exitCode = code;
  if (!state.exiting) {
    state.exiting = true;
    theProcess.emit('exit', state.exitCode || 0);
  }
  theProcess.reallyExit(state.exitCode || 0);
} }.exit;
theProcess.reallyExit = function reallyExit(code) { host.exitNow((code ?? 0) & 0xff); };

theProcess.hrtime = { hrtime(previous) {
  const now = native.hrtime();
  let seconds = Number(now / 1000000000n);
  let nanoseconds = Number(now % 1000000000n);
  if (previous !== undefined) {
    if (!Array.isArray(previous)) throw new ERR_INVALID_ARG_TYPE('time', 'Array', previous);
    if (previous.length !== 2) throw new ERR_OUT_OF_RANGE('time', 2, previous.length);
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
} }.hrtime;
theProcess.hrtime.bigint = function bigint() { return native.hrtime(); };
theProcess.uptime = function uptime() { return native.now() / 1000; };

theProcess.memoryUsage = { memoryUsage() {
  const [rss, heapTotal, heapUsed, external, arrayBuffers] = native.memoryUsage();
  return { rss, heapTotal, heapUsed, external, arrayBuffers };
} }.memoryUsage;
theProcess.memoryUsage.rss = function rss() { return native.rss(); };
theProcess.constrainedMemory = function constrainedMemory() { return 0; };
theProcess.availableMemory = function availableMemory() { return native.heapStatistics()[5]; };
theProcess.cpuUsage = function cpuUsage(previous) {
  const [user, system] = native.resourceUsage();
  if (previous === undefined) return { user, system };
  return { user: user - previous.user, system: system - previous.system };
};
theProcess.resourceUsage = { resourceUsage() {
  const names = ['userCPUTime', 'systemCPUTime', 'maxRSS', 'sharedMemorySize', 'unsharedDataSize', 'unsharedStackSize',
                 'minorPageFault', 'majorPageFault', 'swappedOut', 'fsRead', 'fsWrite', 'ipcSent', 'ipcReceived',
                 'signalsCount', 'voluntaryContextSwitches', 'involuntaryContextSwitches'];
  const numbers = native.resourceUsage();
  return Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
} }.resourceUsage;

theProcess.umask = { umask(mask) {
  if (mask === undefined) return native.umask(-1);
  return native.umask(parseFileMode(mask, 'mask') & 0o777);
} }.umask;

['getuid', 'geteuid', 'getgid', 'getegid'].forEach((name, i) => {
  theProcess[name] = { [name]: () => native.ids()[i + 2] }[name];
});
for (const name of ['setuid', 'seteuid', 'setgid', 'setegid']) {
  theProcess[name] = { [name](id) {
    validateId(id, 'id');
    if (!native.setId(name, id)) throw new ERR_UNKNOWN_CREDENTIAL(name.endsWith('uid') ? 'User' : 'Group', id);
  } }[name];
}
theProcess.setgroups = function setgroups(groups) {
  validateArray(groups, 'groups');
  groups.forEach((group, i) => validateId(group, `groups[${i}]`));
  const unknown = native.setGroups(groups);
  if (unknown >= 0) throw new ERR_UNKNOWN_CREDENTIAL('Group', groups[unknown]);
};
theProcess.initgroups = function initgroups(user, extraGroup) {
  validateId(user, 'user');
  validateId(extraGroup, 'extraGroup');
  const unknown = native.initGroups(user, extraGroup);
  if (unknown === 1) throw new ERR_UNKNOWN_CREDENTIAL('User', user);
  if (unknown === 2) throw new ERR_UNKNOWN_CREDENTIAL('Group', extraGroup);
};
theProcess.getgroups = function getgroups() {
  const own = native.ids()[5];
  const groups = native.groups();
  return groups.includes(own) ? groups : [...groups, own];
};

theProcess.kill = { kill(pid, signal) {
  // eslint-disable-next-line eqeqeq -- Node takes "123" and 123.
  if (pid != (pid | 0)) throw new ERR_INVALID_ARG_TYPE('pid', 'number', pid);
  const { signals } = require('./signals.js');
  let number = signal | 0;
  if (number !== signal) {
    number = signals[signal || 'SIGTERM'];
    if (number === undefined) throw new ERR_UNKNOWN_SIGNAL(signal);
  }
  const result = native.kill(pid | 0, number);
  if (result < 0) throw errnoException(result, 'kill');
  return true;
} }.kill;

theProcess.setUncaughtExceptionCaptureCallback = { setUncaughtExceptionCaptureCallback(fn) {
  if (fn === null) {
    state.capture = null;
    return;
  }
  if (typeof fn !== 'function') throw new ERR_INVALID_ARG_TYPE('fn', ['Function', 'null'], fn);
  if (state.capture !== null) throw new ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET();
  state.capture = fn;
} }.setUncaughtExceptionCaptureCallback;
theProcess.hasUncaughtExceptionCaptureCallback = { hasUncaughtExceptionCaptureCallback() { return state.capture !== null; } }.hasUncaughtExceptionCaptureCallback;
theProcess.setSourceMapsEnabled = { setSourceMapsEnabled() {} }.setSourceMapsEnabled;
theProcess.getActiveResourcesInfo = { getActiveResourcesInfo() {
  const { timeouts, immediates } = require('./timers.js').activeCounts();
  return [...new Array(timeouts).fill('Timeout'), ...new Array(immediates).fill('Immediate')];
} }.getActiveResourcesInfo;
theProcess.emitWarning = { emitWarning(...args) { require('./warnings.js').emitWarning(...args); } }.emitWarning;
theProcess.getBuiltinModule = function getBuiltinModule(id) {
  validateString(id, 'id');
  return require('./registry.js').lookup(id);
};
theProcess.binding = { binding(name) { return require('./process_lazy.js').binding(name); } }.binding;
theProcess.dlopen = function dlopen() {
  throw new Error('a packed program cannot load native add-ons');
};
theProcess.ref = { ref(handle) { handle?.ref?.(); } }.ref;
theProcess.unref = { unref(handle) { handle?.unref?.(); } }.unref;

// A signal is watched while it has a listener.
const watches = new Map();
function startSignal(name) {
  if (typeof name !== 'string' || !name.startsWith('SIG') || watches.has(name)) return;
  const number = require('./signals.js').signals[name];
  if (number === undefined) return;
  if (!isRestored()) {
    // A listener that was added at pack time watches from the start.
    onRestore(() => { if (theProcess.listenerCount(name) > 0) startSignal(name); });
    return;
  }
  const watch = new SignalWatch((received) => { theProcess.emit(name, name, received); });
  const result = watch.start(number);
  if (result < 0) {
    watch.close();
    throw errnoException(result, 'uv_signal_start');
  }
  watches.set(name, watch);
}
function stopSignal(name) {
  const watch = watches.get(name);
  if (watch === undefined || theProcess.listenerCount(name) > 0) return;
  watch.close();
  watches.delete(name);
}
theProcess.on('newListener', startSignal);
theProcess.on('removeListener', stopSignal);
