// node:assert.
import { AssertionError } from '../internal/assertion_error.js';
import { isDeepEqual, isDeepStrictEqual, isPartialEqual } from '../internal/deep_equal.js';
import { ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS } from '../internal/errors.js';
import { inspect } from '../internal/inspect.js';

const isError = (value) => value instanceof Error;
const isRegExp = (value) => Object.prototype.toString.call(value) === '[object RegExp]';

function fail_(options) {
  if (isError(options.message)) throw options.message;
  throw new AssertionError(options);
}

function truth(fn, count, value, message) {
  if (value) return;
  let generated = false;
  if (count === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message == null) {
    generated = true;
    message = `The expression evaluated to a falsy value:\n\n  ${fn.name === 'ok' && fn !== assert ? 'assert.ok' : 'assert'}(${inspect(value)})\n`;
  } else if (isError(message)) {
    throw message;
  }
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

/** Throws an AssertionError when `value` is falsy. */
function assert(...args) { truth(assert, args.length, ...args); }
function ok(...args) { truth(ok, args.length, ...args); }

function compare(name, test) {
  const fn = { [name](actual, expected, message) {
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('actual', 'expected');
    if (!test(actual, expected)) fail_({ actual, expected, message, operator: operators[name] ?? name, stackStartFn: fn });
  } }[name];
  return fn;
}
const operators = { equal: '==', notEqual: '!=' };
// eslint-disable-next-line eqeqeq -- the loose assertions are ==.
const loose = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));

function fail(message) {
  if (isError(message)) throw message;
  const generated = message === undefined;
  const error = new AssertionError({ message: generated ? 'Failed' : message, operator: 'fail', stackStartFn: fail });
  error.generatedMessage = generated;
  throw error;
}

// Whether `error` is what `expected` (a class, a RegExp, an object or a function) describes.
function checkExpected(error, expected, message, fn) {
  if (expected === undefined) return;
  const generated = message === undefined || message === null;
  const mismatch = (text) => {
    const failure = new AssertionError({ actual: error, expected, message: generated ? text : message, operator: fn.name, stackStartFn: fn });
    failure.generatedMessage = generated;
    if (isError(message)) throw message;
    throw failure;
  };
  if (isRegExp(expected)) {
    if (!expected.test(String(error))) {
      mismatch(`The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(error))}\n`);
    }
    return;
  }
  if (typeof expected === 'object') {
    if (typeof error !== 'object' || error === null) mismatch(undefined);
    const keys = Object.keys(expected);
    if (isError(expected)) keys.push('name', 'message');
    else if (keys.length === 0) throw new ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
    for (const key of keys) {
      if (typeof error[key] === 'string' && isRegExp(expected[key]) && expected[key].test(error[key])) continue;
      if (key in error && isDeepStrictEqual(error[key], expected[key])) continue;
      const pick = (object) => Object.fromEntries(keys.filter((each) => each in object).map((each) => [each, object[each]]));
      const failure = new AssertionError({ actual: pick(error), expected: pick(expected), operator: 'deepStrictEqual', message: generated ? undefined : message, stackStartFn: fn });
      failure.actual = error;
      failure.expected = expected;
      failure.operator = fn.name;
      if (isError(message)) throw message;
      throw failure;
    }
    return;
  }
  if (expected.prototype !== undefined && error instanceof expected) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    mismatch(`The error is expected to be an instance of "${expected.name}". Received "${error?.constructor?.name ?? inspect(error)}"` +
             `${isError(error) ? `\n\nError message:\n\n${error.message}` : ''}`);
  }
  const result = Reflect.apply(expected, {}, [error]);
  if (result !== true) {
    mismatch(`The ${expected.name ? `"${expected.name}" ` : ''}validation function is expected to return "true". Received ${inspect(result)}` +
             `${isError(error) ? `\n\nCaught error:\n\n${error}` : ''}`);
  }
}

const nothing = Symbol('no exception');

function expectsError(fn, actual, expected, message) {
  if (typeof expected === 'string') {
    if (message !== undefined) throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], expected);
    if (actual !== nothing && (actual?.message === expected || actual === expected)) {
      throw new ERR_AMBIGUOUS_ARGUMENT('error/message', `The error ${isError(actual) ? 'message' : ''} "${expected}" is identical to the message.`);
    }
    message = expected;
    expected = undefined;
  } else if (expected != null && typeof expected !== 'object' && typeof expected !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], expected);
  }
  if (actual === nothing) {
    const details = `${expected?.name ? ` (${expected.name})` : ''}${message ? `: ${message}` : '.'}`;
    fail_({ actual: undefined, expected, operator: fn.name, message: `Missing expected ${fn === rejects ? 'rejection' : 'exception'}${details}`, stackStartFn: fn });
  }
  checkExpected(actual, expected ?? undefined, message, fn);
}

function expectsNone(fn, actual, expected, message) {
  if (actual === nothing) return;
  if (typeof expected === 'string') [message, expected] = [expected, undefined];
  const matches = expected === undefined || (isRegExp(expected) ? expected.test(String(actual))
    : expected.prototype !== undefined && actual instanceof expected);
  if (!matches) throw actual;
  fail_({ actual, expected, operator: fn.name, stackStartFn: fn,
          message: `Got unwanted ${fn === doesNotReject ? 'rejection' : 'exception'}${message ? `: ${message}` : '.'}\nActual message: "${actual?.message}"` });
}

function catchFrom(fn) {
  if (typeof fn !== 'function') throw new ERR_INVALID_ARG_TYPE('fn', 'Function', fn);
  try {
    fn();
  } catch (error) {
    return error;
  }
  return nothing;
}

async function catchAsync(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === 'function') {
    promise = promiseFn();
    if (typeof promise?.then !== 'function') throw new ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', promise);
  } else if (typeof promise?.then !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return nothing;
}

function throws(fn, ...args) { expectsError(throws, catchFrom(fn), ...args); }
function doesNotThrow(fn, ...args) { expectsNone(doesNotThrow, catchFrom(fn), ...args); }
async function rejects(promiseFn, ...args) { expectsError(rejects, await catchAsync(promiseFn), ...args); }
async function doesNotReject(promiseFn, ...args) { expectsNone(doesNotReject, await catchAsync(promiseFn), ...args); }

function ifError(error) {
  if (error === null || error === undefined) return;
  let text = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') text += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  else text += inspect(error);
  const failure = new AssertionError({ actual: error, expected: null, operator: 'ifError', message: text, stackStartFn: ifError });
  throw failure;
}

function matches(name, wanted) {
  const fn = { [name](string, regexp, message) {
    if (!isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
    if (typeof string === 'string' && regexp.test(string) === wanted) return;
    const generated = message == null;
    const text = typeof string !== 'string'
      ? `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`
      : `${wanted ? 'The input did not match the regular expression ' : 'The input was expected to not match the regular expression '}${inspect(regexp)}. Input:\n\n${inspect(string)}\n`;
    if (isError(message)) throw message;
    const error = new AssertionError({ actual: string, expected: regexp, message: generated ? text : message, operator: name, stackStartFn: fn });
    error.generatedMessage = generated;
    throw error;
  } }[name];
  return fn;
}

const deepEqual = compare('deepEqual', isDeepEqual);
const notDeepEqual = compare('notDeepEqual', (a, b) => !isDeepEqual(a, b));
Object.assign(assert, {
  AssertionError, ok, fail, throws, doesNotThrow, rejects, doesNotReject, ifError, deepEqual, notDeepEqual,
  equal: compare('equal', loose),
  notEqual: compare('notEqual', (a, b) => !loose(a, b)),
  strictEqual: compare('strictEqual', Object.is),
  notStrictEqual: compare('notStrictEqual', (a, b) => !Object.is(a, b)),
  deepStrictEqual: compare('deepStrictEqual', isDeepStrictEqual),
  notDeepStrictEqual: compare('notDeepStrictEqual', (a, b) => !isDeepStrictEqual(a, b)),
  partialDeepStrictEqual: compare('partialDeepStrictEqual', isPartialEqual),
  match: matches('match', true),
  doesNotMatch: matches('doesNotMatch', false),
});

/** The same, with the loose names strict. */
export function strict(...args) { truth(strict, args.length, ...args); }
Object.assign(strict, assert, {
  equal: assert.strictEqual, notEqual: assert.notStrictEqual, deepEqual: assert.deepStrictEqual, notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict = strict;
strict.strict = strict;

export default assert;
