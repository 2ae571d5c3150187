// Errors with Node's codes and messages. Each ERR_* function works with or without `new`.
// Messages follow Node 24's lib/internal/errors.js, because programs match them.

import { kIsNodeError } from './errors_mark.js';

export { kIsNodeError };

const { captureStackTrace } = Error;
const { defineProperty } = Object;

function toStringWithCode() {
  return `${this.name} [${this.code}]: ${this.message}`;
}

/** An instance of `Base` with `code`; frames above and including `caller` are left out. */
export function makeError(Base, code, message, caller = makeError) {
  const error = new Base(message);
  defineProperty(error, kIsNodeError, { value: true, configurable: true, writable: true });
  defineProperty(error, 'toString', { value: toStringWithCode, configurable: true, writable: true });
  error.code = code;
  captureStackTrace(error, caller);
  return error;
}

// inspect is evaluated at its first use only.
function inspect(value, options) {
  return require('./inspect.js').inspect(value, options);
}

/** "a", "a or b", "a, b, or c". */
export function formatList(list, word = 'and') {
  switch (list.length) {
    case 0: return '';
    case 1: return `${list[0]}`;
    case 2: return `${list[0]} ${word} ${list[1]}`;
    default: return `${list.slice(0, -1).join(', ')}, ${word} ${list[list.length - 1]}`;
  }
}

/** How Node names a value in "Received …". */
export function determineSpecificType(value) {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  switch (typeof value) {
    case 'bigint': return `type bigint (${value}n)`;
    case 'number':
      return `type number (${Object.is(value, -0) ? '-0' : value})`;
    case 'boolean': return `type boolean (${value})`;
    case 'symbol': return `type symbol (${String(value)})`;
    case 'function': return `function ${value.name}`;
    case 'object':
      if (value.constructor && 'name' in value.constructor) {
        return `an instance of ${value.constructor.name}`;
      }
      return inspect(value, { depth: -1 });
    default: {
      const text = value.length > 28 ? `${value.slice(0, 25)}...` : value;
      return text.includes("'") ? `type string (${JSON.stringify(text)})` : `type string ('${text}')`;
    }
  }
}

const primitiveTypes = new Set([
  'string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol',
]);
const classRegExp = /^[A-Z][a-zA-Z0-9]*$/;

function invalidArgTypeMessage(name, expected, actual) {
  let message = 'The ';
  if (name.endsWith(' argument')) {
    message += `${name} `;
  } else {
    message += `"${name}" ${name.includes('.') ? 'property' : 'argument'} `;
  }
  message += 'must be ';
  const types = [];
  const instances = [];
  const other = [];
  for (const value of Array.isArray(expected) ? expected : [expected]) {
    if (primitiveTypes.has(value)) types.push(value.toLowerCase());
    else if (classRegExp.test(value)) instances.push(value);
    else other.push(value);
  }
  if (instances.length > 0) {
    const position = types.indexOf('object');
    if (position !== -1) {
      types.splice(position, 1);
      instances.push('Object');
    }
  }
  const parts = [];
  if (types.length > 0) {
    parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${formatList(types, 'or')}`);
  }
  if (instances.length > 0) parts.push(`an instance of ${formatList(instances, 'or')}`);
  if (other.length > 1) parts.push(`one of ${formatList(other, 'or')}`);
  else if (other.length === 1) parts.push(other[0].toLowerCase() !== other[0] ? `an ${other[0]}` : other[0]);
  return `${message}${parts.join(' or ')}. Received ${determineSpecificType(actual)}`;
}

function separateThousands(text) {
  return text.replace(/\B(?=(\d{3})+$)/g, '_');
}

export function ERR_INVALID_ARG_TYPE(name, expected, actual) {
  return makeError(TypeError, 'ERR_INVALID_ARG_TYPE', invalidArgTypeMessage(name, expected, actual),
                   ERR_INVALID_ARG_TYPE);
}

export function ERR_INVALID_ARG_VALUE(name, value, reason = 'is invalid', Base = TypeError) {
  let text = inspect(value);
  if (text.length > 128) text = `${text.slice(0, 128)}...`;
  const type = name.includes('.') ? 'property' : 'argument';
  return makeError(Base, 'ERR_INVALID_ARG_VALUE', `The ${type} '${name}' ${reason}. Received ${text}`,
                   ERR_INVALID_ARG_VALUE);
}

export function ERR_OUT_OF_RANGE(name, range, input, replaceDefault = false) {
  let received;
  if (Number.isInteger(input) && Math.abs(input) > 2 ** 32) {
    received = separateThousands(String(input));
  } else if (typeof input === 'bigint') {
    received = String(input);
    if (input > 2n ** 32n || input < -(2n ** 32n)) received = separateThousands(received);
    received += 'n';
  } else {
    received = inspect(input);
  }
  const start = replaceDefault ? name : `The value of "${name}" is out of range.`;
  return makeError(RangeError, 'ERR_OUT_OF_RANGE', `${start} It must be ${range}. Received ${received}`,
                   ERR_OUT_OF_RANGE);
}

export function ERR_MISSING_ARGS(...args) {
  const names = args.map((a) => Array.isArray(a) ? a.map((b) => `"${b}"`).join(' or ') : `"${a}"`);
  const text = `The ${formatList(names)} argument${args.length > 1 ? 's' : ''} must be specified`;
  return makeError(TypeError, 'ERR_MISSING_ARGS', text, ERR_MISSING_ARGS);
}

// The rest have one fixed form; a table would cost the snapshot more than these lines.
export function ERR_AMBIGUOUS_ARGUMENT(name, text) {
  return makeError(TypeError, 'ERR_AMBIGUOUS_ARGUMENT', `The "${name}" argument is ambiguous. ${text}`);
}
export function ERR_ARG_NOT_ITERABLE(name) {
  return makeError(TypeError, 'ERR_ARG_NOT_ITERABLE', `${name} must be iterable`);
}
export function ERR_ASYNC_CALLBACK(name) {
  return makeError(TypeError, 'ERR_ASYNC_CALLBACK', `${name} must be a function`);
}
export function ERR_BUFFER_OUT_OF_BOUNDS(name) {
  return makeError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
                   name ? `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds');
}
export function ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name) {
  return makeError(RangeError, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER', `${name} maxBuffer length exceeded`);
}
export function ERR_CONSOLE_WRITABLE_STREAM(name) {
  return makeError(TypeError, 'ERR_CONSOLE_WRITABLE_STREAM',
                   `Console expects a writable stream instance for ${name}`);
}
export function ERR_DIR_CLOSED() {
  return makeError(Error, 'ERR_DIR_CLOSED', 'Directory handle was closed');
}
export function ERR_ENCODING_INVALID_ENCODED_DATA(encoding) {
  return makeError(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA',
                   `The encoded data was not valid for encoding ${encoding}`);
}
export function ERR_ENCODING_NOT_SUPPORTED(encoding) {
  return makeError(RangeError, 'ERR_ENCODING_NOT_SUPPORTED', `The "${encoding}" encoding is not supported`);
}
export function ERR_EVENT_RECURSION(name) {
  return makeError(Error, 'ERR_EVENT_RECURSION', `The event "${name}" is already being dispatched`);
}
export function ERR_FALSY_VALUE_REJECTION(reason) {
  const error = makeError(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value');
  error.reason = reason;
  return error;
}
export function ERR_FEATURE_UNAVAILABLE(text) {
  return makeError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', text);
}
export function ERR_FS_CP_DIR_TO_NON_DIR(text) { return makeError(Error, 'ERR_FS_CP_DIR_TO_NON_DIR', text); }
export function ERR_FS_CP_EEXIST(text) { return makeError(Error, 'ERR_FS_CP_EEXIST', text); }
export function ERR_FS_CP_EINVAL(text) { return makeError(Error, 'ERR_FS_CP_EINVAL', text); }
export function ERR_FS_EISDIR(text) { return makeError(Error, 'ERR_FS_EISDIR', text); }
export function ERR_FS_FILE_TOO_LARGE(size) {
  return makeError(RangeError, 'ERR_FS_FILE_TOO_LARGE', `File size (${size}) is greater than 2 GiB`);
}
export function ERR_FS_INVALID_SYMLINK_TYPE(type) {
  return makeError(Error, 'ERR_FS_INVALID_SYMLINK_TYPE',
                   `Symlink type must be one of "dir", "file", or "junction". Received "${type}"`);
}
export function ERR_ILLEGAL_CONSTRUCTOR() {
  return makeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}
export function ERR_INCOMPATIBLE_OPTION_PAIR(a, b) {
  return makeError(TypeError, 'ERR_INCOMPATIBLE_OPTION_PAIR', `Option "${a}" cannot be used in combination with option "${b}"`);
}
export function ERR_INVALID_BUFFER_SIZE(size) {
  return makeError(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size}`);
}
export function ERR_INVALID_FILE_URL_HOST(platform) {
  return makeError(TypeError, 'ERR_INVALID_FILE_URL_HOST', `File URL host must be "localhost" or empty on ${platform}`);
}
export function ERR_INVALID_FILE_URL_PATH(reason) {
  return makeError(TypeError, 'ERR_INVALID_FILE_URL_PATH', `File URL path ${reason}`);
}
export function ERR_INVALID_IP_ADDRESS(address) {
  return makeError(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${address}`);
}
export function ERR_INVALID_MODULE_SPECIFIER(request, reason, base) {
  return makeError(TypeError, 'ERR_INVALID_MODULE_SPECIFIER',
                   `Invalid module "${request}" ${reason}${base ? ` imported from ${base}` : ''}`);
}
export function ERR_INVALID_RETURN_VALUE(input, name, value) {
  return makeError(TypeError, 'ERR_INVALID_RETURN_VALUE',
                   `Expected ${input} to be returned from the "${name}" function but got ${determineSpecificType(value)}.`);
}
export function ERR_INVALID_STATE(text, Base = Error) {
  return makeError(Base, 'ERR_INVALID_STATE', `Invalid state: ${text}`);
}
export function ERR_INVALID_THIS(type) {
  return makeError(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${type}`);
}
export function ERR_INVALID_URI() { return makeError(URIError, 'ERR_INVALID_URI', 'URI malformed'); }
export function ERR_INVALID_URL(input, base) {
  const error = makeError(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
  error.input = input;
  if (base != null) error.base = base;
  return error;
}
export function ERR_INVALID_URL_SCHEME(expected) {
  const list = Array.isArray(expected) ? expected : [expected];
  return makeError(TypeError, 'ERR_INVALID_URL_SCHEME',
                   `The URL must be ${list.length > 1 ? 'one of scheme' : 'of scheme'} ${formatList(list, 'or')}`);
}
export function ERR_METHOD_NOT_IMPLEMENTED(name) {
  return makeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `The ${name} method is not implemented`);
}
export function ERR_MODULE_NOT_FOUND(path, base, type = 'package') {
  return makeError(Error, 'ERR_MODULE_NOT_FOUND', `Cannot find ${type} '${path}' imported from ${base}`);
}
export function ERR_MULTIPLE_CALLBACK() {
  return makeError(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times');
}
export function ERR_NOT_BUILDING_SNAPSHOT() {
  return makeError(Error, 'ERR_NOT_BUILDING_SNAPSHOT', 'Operation cannot be invoked when not building startup snapshot');
}
export function ERR_PACKAGE_PATH_NOT_EXPORTED(folder, subpath, base) {
  const from = base ? ` imported from ${base}` : '';
  return makeError(Error, 'ERR_PACKAGE_PATH_NOT_EXPORTED',
                   subpath === '.' ? `No "exports" main defined in ${folder}package.json${from}`
                     : `Package subpath '${subpath}' is not defined by "exports" in ${folder}package.json${from}`);
}
export function ERR_SOCKET_BAD_PORT(name, port, allowZero = true) {
  return makeError(RangeError, 'ERR_SOCKET_BAD_PORT',
                   `${name} should be ${allowZero ? '>=' : '>'} 0 and < 65536. Received ${determineSpecificType(port)}.`);
}
export function ERR_STREAM_DESTROYED(name) {
  return makeError(Error, 'ERR_STREAM_DESTROYED', `Cannot call ${name} after a stream was destroyed`);
}
export function ERR_STREAM_WRITE_AFTER_END() {
  return makeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
}
export function ERR_STREAM_NULL_VALUES() {
  return makeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
}
export function ERR_INVALID_FD(fd) {
  return makeError(RangeError, 'ERR_INVALID_FD', `"fd" must be a positive integer: ${fd}`, ERR_INVALID_FD);
}
export function ERR_TTY_INIT_FAILED(text) {
  const error = makeError(Error, 'ERR_TTY_INIT_FAILED', text, ERR_TTY_INIT_FAILED);
  Object.defineProperty(error, 'name', { value: 'SystemError', configurable: true, writable: true });
  return error;
}
export function ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET() {
  return makeError(Error, 'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET',
                   '`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active');
}
export function ERR_UNHANDLED_ERROR(value) {
  const text = value === undefined ? 'Unhandled error.' : `Unhandled error. (${value})`;
  return makeError(Error, 'ERR_UNHANDLED_ERROR', text, ERR_UNHANDLED_ERROR);
}
export function ERR_UNKNOWN_BUILTIN_MODULE(name) {
  return makeError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${name}`);
}
export function ERR_UNKNOWN_CREDENTIAL(type, name) {
  return makeError(Error, 'ERR_UNKNOWN_CREDENTIAL', `${type} identifier does not exist: ${name}`);
}
export function ERR_UNKNOWN_ENCODING(encoding) {
  return makeError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
}
export function ERR_UNKNOWN_SIGNAL(signal) {
  return makeError(TypeError, 'ERR_UNKNOWN_SIGNAL', `Unknown signal: ${signal}`);
}
export function ERR_USE_AFTER_CLOSE(name) {
  return makeError(Error, 'ERR_USE_AFTER_CLOSE', `${name} was closed`);
}
export function ERR_WORKER_UNSUPPORTED_OPERATION(name) {
  return makeError(TypeError, 'ERR_WORKER_UNSUPPORTED_OPERATION', `${name} is not supported in workers`);
}

/** What fs, signals and AbortSignal.abort() give: name 'AbortError', code 'ABORT_ERR'. */
export class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') {
      throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

/** An error of a system call, from a native error that has code, errno and syscall. */
export function genericNodeError(message, properties) {
  return Object.assign(new Error(message), properties);
}

/** The Error Node makes of a libuv error number: "syscall CODE" with errno and code. */
export function errnoException(errno, syscall, original) {
  const code = require('./uv_errors.js').getSystemErrorName(errno);
  const error = new Error(original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  captureStackTrace(error, errnoException);
  return error;
}

/** True for "Maximum call stack size exceeded". */
export function isStackOverflowError(error) {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}

/** Joins an error with the one that a cleanup raised after it. */
export function aggregateTwoErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const error = new AggregateError([outer, inner], outer.message);
  error.code = outer.code;
  return error;
}
