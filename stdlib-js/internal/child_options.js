// What the functions of node:child_process have in common about their arguments.
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_SIGNAL } from './errors.js';
import { toPath } from './fs_arguments.js';
import { validateAbortSignal, validateBoolean, validateInteger, validateObject, validateString } from './validators.js';

const DETACHED = 8; // UV_PROCESS_DETACHED

/** The number of a signal by name or number; SIGTERM by default. */
export function toSignal(signal) {
  if (signal === undefined || signal === null) return 15;
  const { signals } = require('../node_old/os.js').default.constants;
  if (typeof signal === 'number') {
    if (signal === 0 || Object.values(signals).includes(signal)) return signal;
  } else if (typeof signal === 'string' && signals[signal.toUpperCase()] !== undefined) {
    return signals[signal.toUpperCase()];
  }
  throw new ERR_UNKNOWN_SIGNAL(signal);
}

/** "SIGTERM" for 15; null for 0. */
export function signalName(number) {
  if (number === 0) return null;
  const { signals } = require('../node_old/os.js').default.constants;
  return Object.keys(signals).find((name) => signals[name] === number) ?? null;
}

function noNul(value, name) {
  if (value.includes('\0')) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  return value;
}

/** [file, args, options] of spawn(file[, args][, options]), with the shell put in. */
export function normalize(file, args, options) {
  validateString(file, 'file');
  noNul(file, 'file');
  if (file.length === 0) throw new ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');
  if (Array.isArray(args)) {
    args = args.slice();
  } else if (args === undefined || args === null) {
    args = [];
  } else if (typeof args !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('args', 'object', args);
  } else {
    [options, args] = [args, []];
  }
  for (let i = 0; i < args.length; i++) args[i] = noNul(`${args[i]}`, `args[${i}]`);
  if (options === undefined) options = {};
  else validateObject(options, 'options');
  const { detached, shell, signal, timeout, argv0, uid, gid } = options;
  if (detached !== undefined && detached !== null) validateBoolean(detached, 'options.detached');
  for (const [name, id] of Object.entries({ uid, gid })) {
    if (id !== undefined && id !== null && id !== (id | 0)) throw new ERR_INVALID_ARG_TYPE(`options.${name}`, 'int32', id);
  }
  if (argv0 !== undefined && argv0 !== null) validateString(argv0, 'options.argv0');
  if (shell !== undefined && shell !== null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('options.shell', ['Boolean', 'string'], shell);
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (timeout !== undefined && timeout !== null) validateInteger(timeout, 'timeout', 0);
  const cwd = options.cwd === undefined || options.cwd === null ? undefined : toPath(options.cwd, 'options.cwd');
  if (shell) {
    args = ['-c', [file, ...args].join(' ')];
    file = typeof shell === 'string' ? shell : '/bin/sh';
  }
  args.unshift(argv0 ?? file);
  const env = [];
  for (const [key, value] of Object.entries(options.env ?? process.env)) {
    if (value !== undefined) env.push(noNul(`${key}=${value}`, `options.env['${key}']`));
  }
  return { ...options, file, args, env, cwd, killNumber: toSignal(options.killSignal), detached: Boolean(detached) };
}

/** The arguments that the native functions begin with. */
export function nativeArguments({ file, args, env, cwd, detached, uid, gid }) {
  return [file, args, env, cwd, detached ? DETACHED : 0, uid ?? undefined, gid ?? undefined];
}

/** stdio as a list of 'pipe', 'ignore' and descriptors. */
export function normalizeStdio(stdio) {
  if (stdio === undefined || stdio === null) stdio = 'pipe';
  if (typeof stdio === 'string') {
    if (!['pipe', 'ignore', 'inherit', 'overlapped'].includes(stdio)) throw new ERR_INVALID_ARG_VALUE('stdio', stdio);
    stdio = [stdio, stdio, stdio];
  } else if (!Array.isArray(stdio)) {
    throw new ERR_INVALID_ARG_VALUE('stdio', stdio);
  }
  const list = stdio.slice();
  while (list.length < 3) list.push(undefined);
  return list.map((item, i) => {
    if (item === undefined || item === null) return i < 3 ? 'pipe' : 'ignore';
    if (item === 'pipe' || item === 'overlapped') return 'pipe';
    if (item === 'ignore') return 'ignore';
    if (item === 'inherit') return i;
    if (typeof item === 'number' && Number.isInteger(item) && item >= 0 && item <= 2147483647) return item | 0;
    if (item === process.stdin || item === process.stdout || item === process.stderr) return item === process.stdin ? 0 : item === process.stdout ? 1 : 2;
    const fd = typeof item === 'object' ? item._handle?.fd ?? item.fd : undefined;
    if (Number.isInteger(fd) && fd >= 0 && fd <= 2147483647) return fd;
    throw new ERR_INVALID_ARG_VALUE('stdio', item);
  });
}
