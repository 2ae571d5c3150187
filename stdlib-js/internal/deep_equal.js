// Deep equality, as assert and util.isDeepStrictEqual define it.
import * as native from 'internal:util';

const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const hasOwn = Object.hasOwn;

function sameBytes(a, b) {
  if (a.byteLength !== b.byteLength) return false;
  const left = new Uint8Array(a.buffer ?? a, a.byteOffset ?? 0, a.byteLength);
  const right = new Uint8Array(b.buffer ?? b, b.byteOffset ?? 0, b.byteLength);
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function looseEqual(a, b) {
  // eslint-disable-next-line eqeqeq -- the loose mode is ==.
  return a == b || (a !== a && b !== b);
}

function enumerableKeys(value, strict) {
  const keys = Object.keys(value);
  if (!strict) return keys;
  return [...keys, ...Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))];
}

function sameKind(a, b, strict) {
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (native.isDate(a) !== native.isDate(b) || native.isRegExp(a) !== native.isRegExp(b)) return false;
  if (native.isMap(a) !== native.isMap(b) || native.isSet(a) !== native.isSet(b)) return false;
  if (native.isAnyArrayBuffer(a) !== native.isAnyArrayBuffer(b)) return false;
  if (native.isBoxedPrimitive(a) !== native.isBoxedPrimitive(b)) return false;
  if (tagOf.call(a) !== tagOf.call(b)) return false;
  const errors = (native.isNativeError(a) || a instanceof Error) === (native.isNativeError(b) || b instanceof Error);
  return errors && (!strict || Object.prototype.toString.call(a) === Object.prototype.toString.call(b));
}

function valuesEqual(a, b, strict, memo) {
  if (native.isDate(a)) {
    const [left, right] = [Date.prototype.getTime.call(a), Date.prototype.getTime.call(b)];
    return left === right || (Number.isNaN(left) && Number.isNaN(right));
  }
  if (native.isRegExp(a)) return a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
  if (native.isNativeError(a) || a instanceof Error) {
    if (a.message !== b.message || a.name !== b.name) return false;
    if (hasOwn(a, 'cause') !== hasOwn(b, 'cause') || hasOwn(a, 'errors') !== hasOwn(b, 'errors')) return false;
    return (!hasOwn(a, 'cause') || deep(a.cause, b.cause, strict, memo)) && (!hasOwn(a, 'errors') || deep(a.errors, b.errors, strict, memo));
  }
  if (ArrayBuffer.isView(a)) {
    const tag = tagOf.call(a);
    if (!strict && (tag === 'Float32Array' || tag === 'Float64Array')) return a.length === b.length && a.every((each, i) => each === b[i]);
    return sameBytes(a, b);
  }
  if (native.isAnyArrayBuffer(a)) return sameBytes(a, b);
  if (native.isBoxedPrimitive(a)) {
    const [left, right] = [a.valueOf(), b.valueOf()];
    return typeof left === typeof right && Object.is(left, right);
  }
  if (native.isSet(a)) return setsEqual(a, b, strict, memo);
  if (native.isMap(a)) return mapsEqual(a, b, strict, memo);
  return true;
}

function setsEqual(a, b, strict, memo) {
  if (a.size !== b.size) return false;
  const rest = [...b].filter((value) => !a.has(value));
  for (const value of a) {
    if (b.has(value)) continue;
    if (strict && (typeof value !== 'object' || value === null)) return false;
    const index = rest.findIndex((each) => deep(value, each, strict, memo));
    if (index === -1) return false;
    rest.splice(index, 1);
  }
  return true;
}

function mapsEqual(a, b, strict, memo) {
  if (a.size !== b.size) return false;
  const rest = [...b].filter(([key]) => !a.has(key));
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!deep(value, b.get(key), strict, memo)) return false;
      continue;
    }
    if (strict && (typeof key !== 'object' || key === null)) return false;
    const index = rest.findIndex(([otherKey, other]) => deep(key, otherKey, strict, memo) && deep(value, other, strict, memo));
    if (index === -1) return false;
    rest.splice(index, 1);
  }
  return true;
}

function deep(a, b, strict, memo) {
  if (a === b) return a !== 0 || Object.is(a, b) || !strict;
  if (strict) {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
      return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b) && typeof b === 'number';
    }
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  } else {
    if (a === null || typeof a !== 'object') return (b === null || typeof b !== 'object') && looseEqual(a, b);
    if (b === null || typeof b !== 'object') return false;
  }
  if (!sameKind(a, b, strict)) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  if (native.isWeakMap(a) || native.isWeakSet(a) || native.isPromise(a)) return false;
  if (!valuesEqual(a, b, strict, memo)) return false;
  const keys = ArrayBuffer.isView(a) ? native.ownNonIndexProperties(a, true) : enumerableKeys(a, strict);
  const others = ArrayBuffer.isView(b) ? native.ownNonIndexProperties(b, true) : enumerableKeys(b, strict);
  if (keys.length !== others.length) return false;
  for (const key of keys) if (!Object.prototype.propertyIsEnumerable.call(b, key)) return false;
  // A pair that is being compared is taken as equal: cycles end.
  let partners = memo.get(a);
  if (partners?.has(b)) return true;
  if (partners === undefined) memo.set(a, partners = new Set());
  partners.add(b);
  const equal = keys.every((key) => deep(a[key], b[key], strict, memo));
  partners.delete(b);
  return equal;
}

export function isDeepStrictEqual(a, b) { return deep(a, b, true, new Map()); }
export function isDeepEqual(a, b) { return deep(a, b, false, new Map()); }

/** assert.partialDeepStrictEqual: everything in `b` is in `a`. */
export function isPartialEqual(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(b)) {
    let at = 0;
    return b.every((each) => {
      while (at < a.length && !isPartialEqual(a[at], each)) at++;
      return at++ < a.length;
    });
  }
  if (native.isMap(b)) return [...b].every(([key, value]) => a.has(key) && isPartialEqual(a.get(key), value));
  if (native.isSet(b)) return [...b].every((value) => [...a].some((each) => isPartialEqual(each, value)));
  if (!sameKind(a, b, true) || !valuesEqual(a, b, true, new Map())) return false;
  return enumerableKeys(b, true).every((key) => key in a && isPartialEqual(a[key], b[key]));
}
