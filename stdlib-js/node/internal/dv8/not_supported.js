// What this version of dv8pack does not have of Node. Programs often name it only in passing: requiring works, a
// class can be extended, and what is called says that it is not there.
'use strict';

const {
  Error,
  ErrorCaptureStackTrace,
  ObjectDefineProperty,
  ObjectFromEntries,
  ObjectSetPrototypeOf,
} = primordials;

/** An error of `type` with Node's `code`, its stack beginning where `from` was called. */
function makeError(type, code, message, from) {
  const error = new type(message);
  error.code = code;
  if (from !== undefined) ErrorCaptureStackTrace(error, from);
  return error;
}

/** A function or class `name` of `module`: it can be extended, and throws when it is called. */
function notSupported(module, name) {
  const fn = function() {
    throw makeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED',
                    `${module}: ${name} is not in this version of dv8pack's standard library`, fn);
  };
  ObjectDefineProperty(fn, 'name', { __proto__: null, value: name });
  return fn;
}

/** An object with such functions for `names` (separated by spaces). */
function notSupportedAll(module, names) {
  return ObjectFromEntries(names.split(' ').map((name) => [name, notSupported(module, name)]));
}

/** Such a class below `parent`, for code that looks at prototypes. */
function notSupportedClass(module, name, parent) {
  const fn = notSupported(module, name);
  ObjectSetPrototypeOf(fn.prototype, parent.prototype);
  ObjectSetPrototypeOf(fn, parent);
  return fn;
}

module.exports = { makeError, notSupported, notSupportedAll, notSupportedClass };
