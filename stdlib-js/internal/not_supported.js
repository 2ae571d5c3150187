// What this version of the library does not have. Programs often name it only in passing: importing
// works, a class can be extended, and what is called says that it is not there.
import { makeError } from './errors.js';

/** A function or class `name` of `module`: it can be extended, and throws when it is called. */
export function notSupported(module, name) {
  const fn = function () {
    throw makeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED',
                    `${module}: ${name} is not in this version of dv8pack's standard library`, fn);
  };
  Object.defineProperty(fn, 'name', { value: name });
  return fn;
}

/** An object with such functions for `names` (separated by spaces). */
export function notSupportedAll(module, names) {
  return Object.fromEntries(names.split(' ').map((name) => [name, notSupported(module, name)]));
}

/** Such a class below `parent`, for code that looks at prototypes. */
export function notSupportedClass(module, name, parent) {
  const fn = notSupported(module, name);
  Object.setPrototypeOf(fn.prototype, parent.prototype);
  Object.setPrototypeOf(fn, parent);
  return fn;
}
