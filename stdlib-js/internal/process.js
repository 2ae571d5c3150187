// The small start's process object. Nothing of the machine is read before a program asks for it, so that
// the object can live in the snapshot.
import * as host from 'internal:host';
import * as native from 'internal:process';
import { manifest } from 'internal:payload';
import { SignalWatch } from 'internal:signal';
import { EventEmitter } from './event_emitter.js';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL, errnoException } from './errors.js';
import { makeEnv } from './process_env.js';
import { provideProcess, startedPath } from './process_state.js';
import { isRestored, onRestore } from './restore.js';
import { SyncWriter } from './stdio.js';
import { nextTick } from './tick.js';
import { validateInteger, validateString } from './validators.js';

const nodeVersion = '24.21.0';

export function process() {
  throw new TypeError('Illegal constructor');
}
const prototype = Object.create(EventEmitter.prototype, {
  constructor: { value: process, writable: true, configurable: true },
});
export const theProcess = Object.create(prototype);
provideProcess(theProcess);
EventEmitter.call(theProcess);
Object.defineProperty(theProcess, Symbol.toStringTag, { value: 'process', configurable: true });

// `cwd` is an embedded folder that the program has made its current one; the disk has no such folder.
export const state = { exitCode: undefined, exiting: false, cwd: undefined };

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

const resets = [
  lazy('argv', () => [native.execPath(), startedPath(), ...native.argv().slice(1)]),
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
  inspector: true, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: true, tls: true,
  openssl_is_boringssl: false, cached_builtins: true, require_module: true, typescript: 'strip',
}));
define('ppid', { get: () => native.ids()[1] });
define('debugPort', { value: 9229, writable: true });
define('version', { value: `v${nodeVersion}` });
define('platform', { value: 'linux' });
define('arch', { value: 'x64' });
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

['getuid', 'geteuid', 'getgid', 'getegid'].forEach((name, i) => {
  theProcess[name] = { [name]: () => native.ids()[i + 2] }[name];
});
theProcess.kill = { kill(pid, signal) {
  // biome-ignore lint/suspicious/noDoubleEquals: Node takes "123" and 123.
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

theProcess.emitWarning = { emitWarning(...args) { require('./warnings.js').emitWarning(...args); } }.emitWarning;
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
