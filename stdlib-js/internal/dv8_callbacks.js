// The callbacks of dv8's objects: `thing.onRead(fn)` sets one, without an argument it is cleared.

/** Throws a TypeError unless `fn` is a function or undefined. */
export function checkCallback(name, fn) {
  if (fn !== undefined && typeof fn !== 'function') throw new TypeError(`${name}: the callback must be a function`);
  return fn;
}

/** Checks for stats(): a BigUint64Array of 20 or more. */
export function checkCounts(what, array, length, Type) {
  if (!(array instanceof Type)) throw new TypeError(`${what} must be a ${Type.name}`);
  if (array.length < length) throw new RangeError(`${what} has ${array.length} elements; ${length} are needed`);
}
