// Modules that this version of the library does not have. Programs often import them only in
// passing: importing works, and what is called says that it is not there.
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
