/**
 * @module dv8:isolate — isolates that call each other: threads with a heap and a loop of their own, started from the
 * program's snapshot. Functions travel as themselves, and a call gives a promise. The API is that of Runtime.JS of 2014.
 *
 * A program that names the global `isolate`, and nothing of Node, is one of Runtime.JS: a script with `isolate`, `runtime`,
 * `kernel`, its `console` and its `require`. Others import it. What an isolate runs is such a script, too.
 *
 * @example
 * import { isolate } from 'dv8:isolate';
 * isolate.spawn({
 *   code: 'isolate.env.ready({ add: (a, b) => a + b });',
 *   env: {
 *     async ready(api) {
 *       console.log(await api.add(1, 2)); //> 3
 *       isolate.exit();
 *     },
 *   },
 * });
 */
import {
  systemFunction, markCall, exit, isRehearsal, isSandboxPrepared, list, setSandboxPrelude, setSystemMaker, setWire, Spawned, start as takeStart, tell, wait,
} from 'internal:dv8_isolate';
import { decode, encode } from 'internal:buffer';
import { evaluate } from 'internal:dv8_loop';
import { setScriptRunner } from '../internal/app.js';
import { folderAccess } from '../internal/isolate_folder.js';
import * as files from '../internal/isolate_files.js';
import { netAccess } from '../internal/isolate_net.js';
import { write } from 'internal:stdio';
import { makeConsole, stderr, stdin, stdout } from '../internal/isolate_console.js';
import { makeRequire } from '../internal/isolate_require.js';
import { sandbox } from '../internal/isolate_sandbox.js';
import { supervise } from '../internal/isolate_supervisor.js';
import { udpSocket } from '../internal/isolate_udp.js';
import { wire } from '../internal/isolate_wire.js';
import { entryPath, processState, theProcess } from '../internal/process_state.js';

const UTF8 = 0;
const STDERR = 2;
const PRELUDE = `((native, given) => (${sandbox})(native, given, (${wire})()))`;

/** A function with the rules of calls between isolates: a promise at once, no `new`. */
function rpc(implementation) {
  return function(...args) {
    if (new.target !== undefined) throw new Error('Constructor call is not allowed');
    return markCall(new Promise((resolve) => { resolve(implementation(...args)); }));
  };
}

// Functions that go to other isolates as theirs, by name. A name may have a parameter behind a colon.
const SYSTEM = {
  __proto__: null,
  stdout: () => stdout,
  stderr: () => stderr,
  fs: (root) => (options) => accessFile(root, options),
  isolatesInfo: () => () => list().map(([id, path]) => ({ id, path })),
  systemInfo: () => () => ({ memory: theProcess.memoryUsage(), uptime: theProcess.uptime() }),
  createSocket: () => udpSocket.createSocket,
  bindSocket: () => udpSocket.bindSocket,
  send: () => udpSocket.send,
};

function system(name) {
  const colon = name.indexOf(':');
  const [key, parameter] = colon < 0 ? [name] : [name.slice(0, colon), name.slice(colon + 1)];
  return systemFunction(rpc(SYSTEM[key](parameter)), name);
}

const ACTIONS = {
  __proto__: null,
  stat: (root, path) => files.stat(path),
  readFile: (root, path) => files.readText(path),
  list: (root, path) => files.list(path),
  spawn: (root, path, options) => spawnFile(path, options),
};

function accessFile(root, options) {
  const { path, action } = Object(options);
  if (typeof path !== 'string') throw new Error('NO_PATH');
  if (typeof action !== 'string') throw new Error('NO_ACTION');
  if (ACTIONS[action] === undefined) throw new Error('UNKNOWN_ACTION');
  return ACTIONS[action](root, files.resolve(root, path), options);
}

function spawnFile(path, options) {
  checkOptions(options);
  const code = files.readText(path);
  startIsolate({ code, path, root: path.slice(0, path.lastIndexOf('/')) }, options);
  return new Promise(() => {});
}

const LIMITS = ['memory', 'cpu', 'time'];

function checkOptions(options) {
  if (Object(options) !== options) throw new TypeError('isolate.spawn: options must be an object');
  if (options.sandbox !== undefined && typeof options.sandbox !== 'boolean') throw new TypeError('isolate.spawn: sandbox must be true or false');
  const { limits = {} } = options;
  if (Object(limits) !== limits) throw new TypeError('isolate.spawn: limits must be an object');
  for (const name of Object.keys(limits)) {
    if (!LIMITS.includes(name)) throw new TypeError(`isolate.spawn: limits.${name} is none of ${LIMITS.join(', ')}`);
  }
}

function startIsolate(program, { data, env, system: given, onExit, sandbox: isSandbox = false, limits = {} }) {
  const net = nets.get(given?.net)?.();
  const told = (...args) => {
    net?.close();
    if (typeof onExit === 'function') onExit(...args);
  };
  const start = { ...program, data: data ?? {}, env: env ?? {}, system: net === undefined ? given : { ...given, net: net.net } };
  if (isSandbox) Object.assign(start, { system: start.system ?? {}, prelude: isSandboxPrepared() ? undefined : PRELUDE });
  const [memory, cpu, time] = LIMITS.map((name) => limitOf(limits, name));
  return new Spawned(program.path, start, told, isSandbox === true, memory, cpu, time);
}

function limitOf(limits, name) {
  const limit = Object(limits)[name] ?? 0;
  if (typeof limit !== 'number' || !(limit >= 0)) throw new RangeError(`isolate.spawn: limits.${name} must be a number from 0`);
  return limit;
}

/** What the spawner has given of the kernel's, or all of it; the program's own folder in any case. */
function systemOf(given, root) {
  const isObject = Object(given) === given;
  const own = isObject ? given : { udpSocket: { createSocket: system('createSocket'), bindSocket: system('bindSocket'), send: system('send') } };
  own.fs ??= { current: system(`fs:${root}`) };
  own.kernel ??= { isolatesInfo: system('isolatesInfo'), systemInfo: system('systemInfo') };
  return own;
}

let root; // The folder of the program.
const nets = new WeakMap(); // What opens one for an isolate, by what isolate.net() has given.

function begin() {
  const { take, give } = wire();
  setSystemMaker(system);
  setWire(take, give);
}

function setUp(given) {
  root = given.root;
  for (const [name, value] of [['data', given.data], ['env', given.env], ['system', systemOf(given.system, root)]]) {
    Object.defineProperty(isolate, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

function setUpFirst() {
  if (root !== undefined) return;
  begin();
  const folder = entryPath();
  setUp({
    root: folder.slice(0, folder.lastIndexOf('/')),
    data: { command: theProcess.argv.slice(2).join(' ') },
    env: { stdout: system('stdout'), stderr: system('stderr'), stdin: rpc(stdin) },
  });
}

/** The isolate that this code runs in. */
export const isolate = {
  /** Writes values, with spaces between them and the end of a line, to standard error. */
  log(...values) { write(STDERR, `${values.join(' ')}\n`); },

  /** Ends the isolate at once. Its spawner's onExit gets the value; the program's first one ends the program, with a number as its exit code. */
  exit(value = undefined) {
    exit(value);
    for (;;); // Here it ends.
  },

  /** Runs a script in the global scope. @returns its value */
  eval(text, name = 'eval') { return evaluate(`${text}`, `${name}`); },

  /**
   * Starts an isolate.
   * @param {object} options - `path` of a packed file, from the program's folder, or `code`, the text to run; `data`, `env`
   *   and `system`, which are its `isolate.data`, `isolate.env` and `isolate.system`; `onExit(value, reason)`, which is
   *   called when it has ended: with what it gave to isolate.exit(), and why it was ended if it was: "kill", "memory",
   *   "cpu" or "time". `limits` of its life: `memory` in bytes of its heap and ArrayBuffers, `cpu`, the share of a processor
   *   in any second, and `time` in milliseconds. With `sandbox: true` it has what it is given, and of the program nothing:
   *   no `require`, no `process`, no modules, no files.
   * @returns {object} the isolate, with `id` and `kill()`.
   */
  spawn(options) {
    setUpFirst();
    checkOptions(options);
    const program = options.code === undefined ? programAt(files.resolve(root, `${options.path}`))
      : { code: `${options.code}`, path: `${options.path ?? 'isolate'}`, root };
    const native = startIsolate(program, options);
    return { id: native.id(), kill() { native.kill(); } };
  },

  /**
   * Starts an isolate as spawn() does, and another one when it ends: with `restart: 'on-failure'` when it was ended for a
   * reason or gave a number other than 0 to isolate.exit(), with 'always' in any case. `backOff: { first, most }` are
   * milliseconds before it is started again, twice as many each time. With `listen: { address, port }` it gets the descriptor
   * of a listening socket as `isolate.data.listen`, and calls `isolate.env.serving(drain)` when it serves.
   * @returns {object} the place of the isolate: `replace(options)` starts the next one, and has the one before end by its
   *   `drain()` when that serves, so that no connection is lost; `stop()` ends it; `port` is the socket's.
   */
  supervise(options) { return supervise((one) => isolate.spawn(one), options); },

  /**
   * A folder of the disk to give away, as `system: { fs: { current: isolate.folder(path) } }`: who has it sees what is below
   * the folder, by paths that begin there, and nothing else.
   * @param {string} path
   * @param {object} [options] - with `readOnly: false` its actions are `writeFile`, of `data`, `mkdir` and `remove` beside
   *   `stat`, `readFile` (with `encoding: 'buffer'` for an ArrayBuffer) and `list`.
   */
  folder(path, options = undefined) { return rpc(folderAccess(`${path}`, Object(options).readOnly !== false)); },

  /**
   * TCP to give away, as `system: { net: isolate.net(options) }`: who has it uses the addresses that it allows, and no others.
   * `connect({ host, port })` gives a connection: `read()` an ArrayBuffer, or undefined at the end, `write(data)` a text or an
   * ArrayBuffer, and `close()`. `listen({ address, port, onConnection(connection) })` gives `port` and `close()`. What is
   * open is closed when the isolate ends.
   * @param {object} options - `connect` and `listen` are lists of "address:port": `127.0.0.1:8080`, `10.0.0.0/8:1024-2047`,
   *   `[::1]:*`. An address of IPv4 is the same in IPv6's way to write it. In `connect` a name, `example.com:443`, allows
   *   what `lookup(name)` of the options gives, a list of addresses as dv8:dns has it, but for private and local ones, which
   *   must be allowed themselves. Names that are not in the list are not looked up.
   */
  net(options) {
    const open = netAccess(Object(options));
    const { connect, listen } = open().net;
    const net = { connect: rpc(connect), listen: rpc(listen) };
    nets.set(net, open);
    return net;
  },
};

// The first isolate's are made when they are first asked for.
for (const name of ['data', 'env', 'system']) {
  Object.defineProperty(isolate, name, {
    get() {
      setUpFirst();
      return isolate[name];
    },
    set(value) {
      setUpFirst();
      isolate[name] = value;
    },
    enumerable: true,
    configurable: true,
  });
}

function programAt(path) { return { code: files.readText(path), path, root: path.slice(0, path.lastIndexOf('/')) }; }

/** Functions beside the isolate. */
export const runtime = {
  /** @returns {ArrayBuffer} the text in UTF-8, with a zero behind it when `nullTerminate` is true. */
  toBuffer(text, nullTerminate = false) { return encode(nullTerminate ? `${text}\0` : `${text}`, UTF8); },

  /** @returns {string} the text of an ArrayBuffer in UTF-8. */
  bufferToString(buffer) {
    const bytes = new Uint8Array(buffer);
    return decode(bytes, 0, bytes.length, UTF8);
  },

  /** Waits for the promise of a call. @returns its value. @throws what it is rejected with. */
  syncRPC(promise) { return wait(promise); },

  debug() {},
};

export const kernel = {
  /** @returns {object} the versions of the API, `runtime`, and of V8, `v8`. */
  version() { return { runtime: [0, 1, 4], v8: theProcess.versions.v8 }; },
};

// What a program of Runtime.JS has as globals.
function installGlobals() {
  const started = theProcess.hrtime.bigint();
  Object.assign(globalThis, { isolate, runtime, kernel });
  globalThis.console = makeConsole(isolate);
  globalThis.performance ??= { now: () => Number(theProcess.hrtime.bigint() - started) / 1e6 };
  globalThis.require = makeRequire(isolate, runtime);
  processState.otherwise = (error) => {
    tell(error);
    return true;
  };
}

function runScript(path, text) {
  processState.entry = path;
  try {
    evaluate(text, path);
  } catch (error) {
    tell(error);
  }
}

// What the thread of an isolate runs.
export function run() {
  begin();
  runGiven(takeStart());
}

function runGiven(given) {
  setUp(given);
  installGlobals();
  runScript(given.path, given.code);
}

// The program of who names the global.
setScriptRunner(() => {
  if (!Object.hasOwn(globalThis, 'isolate')) return undefined;
  return (path, text) => {
    setUpFirst();
    installGlobals();
    runScript(path, text);
  };
});

// Runs an isolate's program, so that what all call is compiled in the snapshot; here it leaves no trace but in a rehearsal's
// own globals.
function rehearse() {
  const { console } = globalThis;
  const { entry, otherwise } = processState;
  begin();
  runGiven({ path: '/app/isolate.js', code: '', root: '/app', data: {}, env: {} });
  Object.assign(processState, { entry, otherwise });
  globalThis.console = console;
  for (const name of ['isolate', 'runtime', 'kernel', 'require']) delete globalThis[name];
}

if (isRehearsal()) rehearse();
setSandboxPrelude(PRELUDE);

export default { isolate, runtime, kernel, run };
