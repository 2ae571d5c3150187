// The small start's errors, with Node's codes and messages. Each ERR_* function works with or without `new`.
// Messages follow Node 24's lib/internal/errors.js, because programs match them.
import { errorName } from 'internal:process';
import { kIsNodeError } from './errors_mark.js';

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

export function ERR_OUT_OF_RANGE(name, range, input) {
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
  return makeError(RangeError, 'ERR_OUT_OF_RANGE',
                   `The value of "${name}" is out of range. It must be ${range}. Received ${received}`, ERR_OUT_OF_RANGE);
}

export function ERR_CONSOLE_WRITABLE_STREAM(name) {
  return makeError(TypeError, 'ERR_CONSOLE_WRITABLE_STREAM',
                   `Console expects a writable stream instance for ${name}`);
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
export function ERR_UNHANDLED_ERROR(value) {
  const text = value === undefined ? 'Unhandled error.' : `Unhandled error. (${value})`;
  return makeError(Error, 'ERR_UNHANDLED_ERROR', text, ERR_UNHANDLED_ERROR);
}
export function ERR_UNKNOWN_ENCODING(encoding) {
  return makeError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
}
export function ERR_UNKNOWN_SIGNAL(signal) {
  return makeError(TypeError, 'ERR_UNKNOWN_SIGNAL', `Unknown signal: ${signal}`);
}

/** The Error Node makes of a libuv error number: "syscall CODE" with errno and code. */
export function errnoException(errno, syscall) {
  const code = errorName(errno);
  const error = new Error(`${syscall} ${code}`);
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
