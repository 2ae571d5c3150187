// node:util.
import { isDeepStrictEqual } from '../internal/deep_equal.js';
import { ERR_FALSY_VALUE_REJECTION, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from '../internal/errors.js';
import { format, formatWithOptions } from '../internal/format.js';
import { inspect } from '../internal/inspect.js';
import { lookup } from '../internal/registry.js';
import { stripVTControlCharacters } from '../internal/string_width.js';
import { promisifyCustom } from '../internal/timers.js';
import { nextTick } from '../internal/tick.js';
import { getSystemErrorMap, getSystemErrorMessage, getSystemErrorName } from '../internal/uv_errors.js';
import { validateAbortSignal, validateFunction, validateNumber, validateObject, validateString } from '../internal/validators.js';
import encoding from '../web/encoding.js';
import types from './util_types.js';

const argumentNames = Symbol.for('nodejs.util.promisify.args');

/** A function that returns a promise, from one that takes (error, value) last. */
export function promisify(original) {
  validateFunction(original, 'original');
  const custom = original[promisifyCustom];
  if (custom) {
    validateFunction(custom, 'The "util.promisify.custom" argument');
    return Object.defineProperty(custom, promisifyCustom, { value: custom, enumerable: false, writable: false, configurable: true });
  }
  const names = original[argumentNames];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
        else resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, promisifyCustom, { value: fn, enumerable: false, writable: false, configurable: true });
  const descriptors = Object.getOwnPropertyDescriptors(original);
  return Object.defineProperties(fn, descriptors);
}
promisify.custom = promisifyCustom;

/** The other way: a function that calls back, from one that returns a promise. */
export function callbackify(original) {
  validateFunction(original, 'original');
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, 'last argument');
    const call = callback.bind(this);
    Reflect.apply(original, this, args).then((value) => nextTick(call, null, value), (error) => {
      nextTick(call, error || new ERR_FALSY_VALUE_REJECTION(error));
    });
  }
  Object.setPrototypeOf(callbackified, Object.getPrototypeOf(original));
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length?.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name?.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(callbackified, descriptors);
}

export function inherits(constructor, parent) {
  if (constructor === undefined || constructor === null) throw new ERR_INVALID_ARG_TYPE('ctor', 'Function', constructor);
  if (parent === undefined || parent === null) throw new ERR_INVALID_ARG_TYPE('superCtor', 'Function', parent);
  if (parent.prototype === undefined) throw new ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const warned = new Set();
export function deprecate(fn, message, code) {
  let done = false;
  function deprecated(...args) {
    if (!done && !process.noDeprecation) {
      done = true;
      if (code === undefined || !warned.has(code)) {
        warned.add(code);
        process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  Object.defineProperty(deprecated, 'length', { value: fn.length, configurable: true });
  return deprecated;
}

/** NODE_DEBUG is not obeyed: no section is ever on. */
export function debuglog(_section, callback) {
  const logger = () => {};
  Object.defineProperty(logger, 'enabled', { get: () => false, configurable: true, enumerable: true });
  callback?.(logger);
  return logger;
}

function styleOf(name) {
  const codes = inspect.colors[name];
  if (codes === undefined) {
    throw new ERR_INVALID_ARG_VALUE('format', name, `must be one of: ${Object.keys(inspect.colors).map((each) => `'${each}'`).join(', ')}`);
  }
  return codes;
}

export function styleText(styles, text, { validateStream = true, stream = process.stdout } = {}) {
  validateString(text, 'text');
  const list = Array.isArray(styles) ? styles : [styles];
  const codes = list.filter((name) => name !== 'none').map(styleOf);
  if (validateStream && !(stream?.isTTY && stream.hasColors?.()) && !process.env.FORCE_COLOR) return text;
  let left = '';
  let right = '';
  for (const [open, close] of codes) {
    left += `\x1b[${open}m`;
    right = `\x1b[${close}m${right}`;
    text = text.replaceAll(`\x1b[${close}m`, `\x1b[${open}m`);
  }
  return left + text + right;
}

export function aborted(signal, resource) {
  if (signal === undefined) return Promise.reject(new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal));
  validateAbortSignal(signal, 'signal');
  validateObject(resource, 'resource');
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function errnoOf(error) {
  validateNumber(error, 'err');
  if (error >= 0 || !Number.isSafeInteger(error)) throw new ERR_OUT_OF_RANGE('err', 'a negative integer', error);
  return error;
}

/** Call sites of the caller, nearest first. */
export function getCallSites(count = 8) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder = {};
  try {
    Error.stackTraceLimit = typeof count === 'number' ? count + 1 : 8;
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(holder, getCallSites);
    return holder.stack.map((site) => ({
      functionName: site.getFunctionName() ?? '', scriptId: '', scriptName: site.getFileName() ?? '',
      lineNumber: site.getLineNumber() ?? 0, columnNumber: site.getColumnNumber() ?? 0, column: site.getColumnNumber() ?? 0,
    }));
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export function toUSVString(text) { return `${text}`.toWellFormed(); }

/** An .env file's text as an object; the file is the caller's business. */
export function parseEnv(text) {
  validateString(text, 'content');
  const result = {};
  const line = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*("(?:\\"|[^"])*"|'[^']*'|`[^`]*`|[^\n#]*)?.*$/gm;
  for (const [, key, raw = ''] of text.matchAll(line)) {
    let value = raw.trim();
    const quote = /^(["'`])([\s\S]*)\1$/.exec(value);
    if (quote !== null) value = quote[1] === '"' ? quote[2].replaceAll('\\n', '\n') : quote[2];
    result[key] = value;
  }
  return result;
}

function assignDefined(target, source) {
  if (source === null || typeof source !== 'object') return target;
  return Object.assign(target, source);
}

export default {
  promisify, callbackify, inherits, deprecate, debuglog, debug: debuglog, styleText, aborted, format, formatWithOptions,
  inspect, isDeepStrictEqual, stripVTControlCharacters: (text) => {
    validateString(text, 'str');
    return stripVTControlCharacters(text);
  },
  types, getCallSites, toUSVString, parseEnv, _extend: assignDefined, isArray: Array.isArray,
  getSystemErrorMap, getSystemErrorName: (error) => getSystemErrorName(errnoOf(error)),
  getSystemErrorMessage: (error) => getSystemErrorMessage(errnoOf(error)),
  TextEncoder: encoding.TextEncoder,
  TextDecoder: encoding.TextDecoder,
  parseArgs: (config) => require('../internal/parse_args.js').parseArgs(config),
  transferableAbortController: () => new (lookup('dv8:globals/abort').AbortController)(),
  _errnoException: (errno, syscall, original) => require('../internal/errors.js').errnoException(errno, syscall, original),
  _exceptionWithHostPort(errno, syscall, address, port) {
    const error = require('../internal/errors.js').errnoException(errno, syscall, port > 0 ? `${address}:${port}` : address);
    return Object.assign(error, { address }, port ? { port } : {});
  },
};
