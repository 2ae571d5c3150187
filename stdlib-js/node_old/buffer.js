// node:buffer: a subclass of Uint8Array. Text conversions, comparison and search are native.
import * as native from 'internal:buffer';
import { addNumberMethods } from '../internal/buffer_numbers.js';
import { emptyBuffer } from '../internal/empty_buffer.js';
import {
  ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_BUFFER_SIZE, ERR_OUT_OF_RANGE,
  ERR_UNKNOWN_ENCODING, makeError,
} from '../internal/errors.js';
import { lookup } from '../internal/registry.js';
import { isRestored } from '../internal/restore.js';
import { validateArray, validateInteger, validateNumber, validateString } from '../internal/validators.js';

const kMaxLength = 2 ** 53 - 1;
const kStringMaxLength = 536870888;
const poolSize = 8192;
const { set: setBytes, fill: fillBytes, indexOf: indexOfByte, lastIndexOf: lastIndexOfByte } = Uint8Array.prototype;

const UTF8 = 0;
const UTF16 = 1;
const LATIN1 = 2;
const ASCII = 3;
const HEX = 4;
const BASE64 = 5;
const encodings = {
  __proto__: null,
  'utf8': UTF8, 'utf-8': UTF8, 'ucs2': UTF16, 'ucs-2': UTF16, 'utf16le': UTF16, 'utf-16le': UTF16, 'latin1': LATIN1,
  'binary': LATIN1, 'ascii': ASCII, 'hex': HEX, 'base64': BASE64, 'base64url': 6,
};
const names = ['utf8', 'ucs2', 'latin1', 'ascii', 'hex', 'base64', 'base64url'];

/** The number of an encoding's name, or undefined. */
function lookUp(name) { return encodings[name] ?? encodings[`${name}`.toLowerCase()]; }

/** The number of an encoding's name; a TypeError for an unknown one. */
function encodingNumber(name) {
  const number = lookUp(name);
  if (number === undefined) throw new ERR_UNKNOWN_ENCODING(name);
  return number;
}

class FastBuffer extends Uint8Array {}

/**
 * Deprecated as a constructor, but much used: Buffer.alloc for a number, Buffer.from for others.
 * `new Buffer()` is an empty Buffer of dv8's.
 */
function Buffer(value, encodingOrOffset, length) {
  if (new.target !== undefined && arguments.length === 0) {
    const own = emptyBuffer();
    if (own !== undefined) return own;
  }
  if (typeof value === 'number') {
    if (typeof encodingOrOffset === 'string') throw new ERR_INVALID_ARG_TYPE('string', 'string', value);
    return Buffer.alloc(value);
  }
  return Buffer.from(value, encodingOrOffset, length);
}
// A bundler may have renamed it, and inspect shows the name.
Object.defineProperty(Buffer, 'name', { value: 'Buffer' });
FastBuffer.prototype.constructor = Buffer;
Buffer.prototype = FastBuffer.prototype;
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get() { return FastBuffer; } });
Buffer.poolSize = poolSize;

// Small Buffers share one block, made by the running program: a snapshot holds none.
let pool;
let poolAt = 0;

/** Room for `size` bytes in the pool: its offset, or -1 when these bytes get memory of their own. */
function room(size) {
  if (size >= poolSize >>> 1 || !isRestored()) return -1;
  if (pool === undefined || size > poolSize - poolAt) {
    pool = new FastBuffer(poolSize);
    native.forbidTransfer(pool.buffer);
    poolAt = 0;
  }
  return poolAt;
}

function take(size) {
  const buffer = new FastBuffer(pool.buffer, poolAt, size);
  poolAt = (poolAt + size + 7) & ~7;
  return buffer;
}

function allocate(size) {
  if (size <= 0) return new FastBuffer();
  return room(size) < 0 ? new FastBuffer(size) : take(size);
}

function fromString(text, encoding) {
  const number = typeof encoding !== 'string' || encoding === '' ? UTF8 : encodingNumber(encoding);
  if (text.length === 0) return new FastBuffer();
  const most = number === UTF8 ? text.length * 3 : text.length * 2;
  if (room(most) < 0) return new FastBuffer(native.encode(text, number));
  return take(native.encodeInto(text, pool, poolAt, most, number));
}

function fromArrayBuffer(memory, offset, length) {
  if (offset === undefined) {
    offset = 0;
  } else {
    offset = +offset;
    if (Number.isNaN(offset)) offset = 0;
  }
  const most = memory.byteLength - offset;
  if (most < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length === undefined) {
    length = most;
  } else {
    length = +length;
    if (!(length > 0)) length = 0;
    else if (length > most) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  }
  return new FastBuffer(memory, offset, length);
}

function fromArrayLike(list) {
  if (!(list.length > 0)) return new FastBuffer();
  const buffer = allocate(list.length);
  setBytes.call(buffer, list);
  return buffer;
}

function isArrayBuffer(value) { return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer; }

/** A Buffer from text, bytes, an ArrayBuffer (shared, not copied) or an array. */
Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);
  if (typeof value === 'object' && value !== null) {
    if (isArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf && value.valueOf();
    if (primitive != null && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object')) {
      return from(primitive, encodingOrOffset, length);
    }
    if (value.length !== undefined || isArrayBuffer(value.buffer)) {
      return typeof value.length === 'number' ? fromArrayLike(value) : new FastBuffer();
    }
    if (value.type === 'Buffer' && Array.isArray(value.data)) return fromArrayLike(value.data);
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const text = value[Symbol.toPrimitive]('string');
      if (typeof text === 'string') return fromString(text, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE('first argument', ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
};

Buffer.of = (...items) => {
  const buffer = new FastBuffer(items.length);
  for (let i = 0; i < items.length; i++) buffer[i] = items[i];
  return buffer;
};

Buffer.alloc = function alloc(size, fill, encoding) {
  validateNumber(size, 'size', 0, kMaxLength);
  const buffer = new FastBuffer(size);
  return fill !== undefined && fill !== 0 && size > 0 ? buffer.fill(fill, encoding) : buffer;
};

/** May hold what was there before; may share its memory with other Buffers. */
Buffer.allocUnsafe = function allocUnsafe(size) {
  validateNumber(size, 'size', 0, kMaxLength);
  return allocate(size);
};

Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  validateNumber(size, 'size', 0, kMaxLength);
  return new FastBuffer(size);
};

function SlowBuffer(size) { return Buffer.allocUnsafeSlow(size); }
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

Buffer.isBuffer = function isBuffer(value) { return value instanceof Buffer; };

Buffer.isEncoding = function isEncoding(name) {
  return typeof name === 'string' && name !== '' && lookUp(name) !== undefined;
};

/** Bytes that `value` has in an encoding. */
Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return value.byteLength;
    throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], value);
  }
  if (value.length === 0) return 0;
  switch (encoding ? lookUp(encoding) ?? UTF8 : UTF8) {
    case UTF8: return native.utf8Length(value);
    case UTF16: return value.length * 2;
    case LATIN1: case ASCII: return value.length;
    case HEX: return value.length >>> 1;
    default: {
      let size = value.length;
      if (value.charCodeAt(size - 1) === 0x3D) size--;
      if (size > 1 && value.charCodeAt(size - 1) === 0x3D) size--;
      return (size * 3) >>> 2;
    }
  }
};

function checkBytes(value, name) {
  if (!(value instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE(name, ['Buffer', 'Uint8Array'], value);
}

Buffer.compare = function compare(a, b) {
  checkBytes(a, 'buf1');
  checkBytes(b, 'buf2');
  return a === b ? 0 : native.compare(a, b);
};

/** The parts in one Buffer, cut or filled with zeros to `length`. */
Buffer.concat = function concat(list, length) {
  validateArray(list, 'list');
  let total = 0;
  for (let i = 0; i < list.length; i++) {
    checkBytes(list[i], `list[${i}]`);
    total += list[i].byteLength;
  }
  if (list.length === 0) return new FastBuffer();
  if (length === undefined) length = total;
  else validateInteger(length, 'length', 0, kMaxLength);
  const buffer = allocate(length);
  let at = 0;
  for (const part of list) {
    if (at + part.byteLength > length) {
      setBytes.call(buffer, new Uint8Array(part.buffer, part.byteOffset, length - at), at);
      return buffer;
    }
    setBytes.call(buffer, part, at);
    at += part.byteLength;
  }
  if (at < length) fillBytes.call(buffer, 0, at, length);
  return buffer;
};

/** A copy of the elements [offset, offset + length) of a typed array. */
Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  if (!ArrayBuffer.isView(view) || view instanceof DataView) throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  if (offset !== undefined) validateInteger(offset, 'offset', 0);
  if (length !== undefined) validateInteger(length, 'length', 0);
  const part = view.slice(offset ?? 0, length === undefined ? undefined : (offset ?? 0) + length);
  return fromArrayLike(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};

const proto = Buffer.prototype;
addNumberMethods(proto);

// What both names give is the memory under the Buffer.
for (const [name, property] of [['parent', 'buffer'], ['offset', 'byteOffset']]) {
  Object.defineProperty(proto, name, { enumerable: true, get() { return this instanceof Buffer ? this[property] : undefined; } });
}

function checkReceiver(value) {
  if (!ArrayBuffer.isView(value)) throw makeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'argument must be a buffer', checkReceiver);
}

proto.toString = function toString(encoding, start, end) {
  checkReceiver(this);
  const { length } = this;
  if (arguments.length === 0) return length === 0 ? '' : native.decode(this, 0, length, UTF8);
  if (start <= 0) start = 0;
  else if (start >= length) return '';
  else start = Math.trunc(start) || 0;
  if (end === undefined || end > length) end = length;
  else end = Math.trunc(end) || 0;
  if (end <= start) return '';
  return native.decode(this, start, end, encoding === undefined ? UTF8 : encodingNumber(encoding));
};
proto.toLocaleString = proto.toString;

/** The text's bytes, as many whole characters as fit; the number of bytes written. */
proto.write = function write(text, offset, length, encoding) {
  const size = this.length;
  if (offset === undefined) {
    offset = 0;
    length = size;
  } else if (length === undefined && typeof offset === 'string') {
    encoding = offset;
    offset = 0;
    length = size;
  } else {
    validateInteger(offset, 'offset', 0, size);
    const rest = size - offset;
    if (length === undefined) {
      length = rest;
    } else if (typeof length === 'string') {
      encoding = length;
      length = rest;
    } else {
      validateInteger(length, 'length', 0, size);
      if (length > rest) length = rest;
    }
  }
  const number = encoding ? encodingNumber(encoding) : UTF8;
  if (typeof text !== 'string') throw makeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'argument must be a string');
  return native.encodeInto(text, this, offset, length, number);
};

// What the slices and writes of one encoding take is converted, not checked.
const toWhole = (value) => Math.trunc(value) || 0;

for (const [number, name] of names.entries()) {
  proto[`${name}Slice`] = function(start = 0, end = this.length) {
    checkReceiver(this);
    start = toWhole(start);
    end = toWhole(end);
    if (start < 0 || end < 0 || end > this.length) throw makeError(RangeError, 'ERR_OUT_OF_RANGE', 'Index out of range');
    return end <= start ? '' : native.decode(this, start, end, number);
  };
  proto[`${name}Write`] = function(text, offset = 0, length = this.length - offset) {
    checkReceiver(this);
    validateString(text, 'argument');
    offset = toWhole(offset);
    length = toWhole(length);
    if (offset < 0 || offset > this.length) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
    if (length < 0 || length > this.length - offset) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
    return native.encodeInto(text, this, offset, length, number);
  };
}

proto.equals = function equals(other) {
  checkBytes(other, 'otherBuffer');
  return this === other || (this.byteLength === other.byteLength && native.compare(this, other) === 0);
};

proto.compare = function compare(target, targetStart = 0, targetEnd, sourceStart = 0, sourceEnd = this.length) {
  checkBytes(target, 'target');
  if (arguments.length === 1) return native.compare(this, target);
  targetEnd ??= target.length;
  validateInteger(targetStart, 'targetStart', 0, kMaxLength);
  validateInteger(targetEnd, 'targetEnd', 0, target.length);
  validateInteger(sourceStart, 'sourceStart', 0, kMaxLength);
  validateInteger(sourceEnd, 'sourceEnd', 0, this.length);
  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  return native.compare(this.subarray(sourceStart, sourceEnd), target.subarray(targetStart, targetEnd));
};

function toInteger(value) {
  value = +value;
  return Number.isSafeInteger(Math.floor(value)) ? Math.floor(value) : 0;
}

/** Copies as many bytes as both sides have; their number. */
proto.copy = function copy(target, targetStart, sourceStart, sourceEnd) {
  checkBytes(target, 'target');
  targetStart = targetStart === undefined ? 0 : toInteger(targetStart);
  if (targetStart < 0) throw new ERR_OUT_OF_RANGE('targetStart', '>= 0', targetStart);
  sourceStart = sourceStart === undefined ? 0 : toInteger(sourceStart);
  if (sourceStart < 0 || sourceStart > this.length) throw new ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${this.length}`, sourceStart);
  sourceEnd = sourceEnd === undefined ? this.length : toInteger(sourceEnd);
  if (sourceEnd < 0) throw new ERR_OUT_OF_RANGE('sourceEnd', '>= 0', sourceEnd);
  if (targetStart >= target.length || sourceStart >= sourceEnd) return 0;
  const count = Math.min(sourceEnd - sourceStart, target.length - targetStart, this.length - sourceStart);
  setBytes.call(target, new Uint8Array(this.buffer, this.byteOffset + sourceStart, count), targetStart);
  return count;
};

function clampIndex(value, length) {
  value = Math.trunc(value);
  if (Number.isNaN(value)) return 0;
  return value < 0 ? Math.max(0, value + length) : Math.min(value, length);
}

/** The same memory, not a copy. */
proto.subarray = function subarray(start, end) {
  const { length } = this;
  start = clampIndex(start, length);
  end = end === undefined ? length : clampIndex(end, length);
  return new FastBuffer(this.buffer, this.byteOffset + start, Math.max(0, end - start));
};
proto.slice = function slice(start, end) { return this.subarray(start, end); };

/** The last place of `needle` that begins at `offset` or before, in steps of `unit` bytes. */
function lastIndexOfBytes(haystack, needle, offset, unit) {
  let at = Math.min(offset, haystack.length - needle.length);
  at -= at % unit;
  for (; at >= 0; at -= unit) {
    let i = 0;
    while (i < needle.length && haystack[at + i] === needle[i]) i++;
    if (i === needle.length) return at;
  }
  return -1;
}

function search(buffer, value, offset, encoding, forwards) {
  if (typeof offset === 'string') [encoding, offset] = [offset, undefined];
  offset = +offset;
  if (Number.isNaN(offset)) offset = forwards ? 0 : buffer.length;
  offset = Math.trunc(Math.max(-0x80000000, Math.min(0x7fffffff, offset)));
  if (typeof value === 'number') {
    return forwards ? indexOfByte.call(buffer, value & 255, offset) : lastIndexOfByte.call(buffer, value & 255, offset);
  }
  let number = encoding === undefined ? UTF8 : lookUp(encoding);
  let needle = value;
  if (typeof value === 'string') {
    if (number === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    needle = new Uint8Array(native.encode(value, number));
  } else if (!(value instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
  }
  number ??= UTF8;
  const { length } = buffer;
  if (offset < 0) offset += length;
  if (offset < 0) {
    if (!forwards) return -1;
    offset = 0;
  }
  if (needle.length === 0) return Math.min(offset, length);
  if (!forwards) return lastIndexOfBytes(buffer, needle, offset, number === UTF16 ? 2 : 1);
  if (offset > length) return -1;
  let at = native.indexOf(buffer, needle, offset);
  // Text of two bytes a unit is found at even places only.
  while (number === UTF16 && at % 2 === 1) at = native.indexOf(buffer, needle, at + 1);
  return at;
}
proto.indexOf = function indexOf(value, offset, encoding) { return search(this, value, offset, encoding, true); };
proto.lastIndexOf = function lastIndexOf(value, offset, encoding) { return search(this, value, offset, encoding, false); };
proto.includes = function includes(value, offset, encoding) { return this.indexOf(value, offset, encoding) !== -1; };

/** Repeats a byte, text or bytes over [offset, end). */
proto.fill = function fill(value, offset, end, encoding) {
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') {
      [encoding, offset, end] = [offset, 0, this.length];
    } else if (typeof end === 'string') {
      [encoding, end] = [end, this.length];
    }
    if (encoding !== undefined) validateString(encoding, 'encoding');
    const number = encoding === undefined || encoding === '' ? UTF8 : encodingNumber(encoding);
    if (value.length === 0) {
      value = 0;
    } else {
      const bytes = new Uint8Array(native.encode(value, number));
      if (bytes.length === 0) throw new ERR_INVALID_ARG_VALUE('value', value);
      value = bytes;
    }
  } else if (typeof offset === 'string') {
    // The encoding that Buffer.alloc hands on; it has a meaning for text only.
    offset = undefined;
  }
  if (offset === undefined) {
    offset = 0;
    end = this.length;
  } else {
    validateInteger(offset, 'offset', 0, kMaxLength);
    if (end === undefined) end = this.length;
    else validateInteger(end, 'end', 0, this.length);
    if (offset >= end) return this;
  }
  if (!(value instanceof Uint8Array)) {
    if (ArrayBuffer.isView(value)) value = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    else return fillBytes.call(this, value, offset, end);
  }
  if (value.length === 0) throw new ERR_INVALID_ARG_VALUE('value', value);
  if (value.length === 1) return fillBytes.call(this, value[0], offset, end);
  let done = Math.min(value.length, end - offset);
  setBytes.call(this, new Uint8Array(value.buffer, value.byteOffset, done), offset);
  for (; done < end - offset; done *= 2) this.copyWithin(offset + done, offset, Math.min(offset + done, end - done));
  return this;
};

for (const size of [2, 4, 8]) {
  proto[`swap${size * 8}`] = function() {
    if (this.length % size !== 0) throw new ERR_INVALID_BUFFER_SIZE(`${size * 8}-bits`);
    for (let i = 0; i < this.length; i += size) this.subarray(i, i + size).reverse();
    return this;
  };
}

proto.toJSON = function toJSON() { return { type: 'Buffer', data: Array.from(this) }; };

let inspectMaxBytes = 50;
/** The bytes, as Node shows them: <Buffer 68 69 … 3 more bytes>. */
proto.inspect = proto[Symbol.for('nodejs.util.inspect.custom')] = function inspect() {
  const shown = Math.min(this.length, inspectMaxBytes);
  let text = shown === 0 ? '' : native.decode(this, 0, shown, HEX).replace(/(.{2})/g, '$1 ').trim();
  const rest = this.length - shown;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  return `<${this.constructor?.name ?? 'Buffer'} ${text}>`;
};

function bytesOf(value, name) {
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return value;
  throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray'], value);
}

export function isUtf8(input) { return native.isUtf8(bytesOf(input, 'input')); }
export function isAscii(input) { return native.isAscii(bytesOf(input, 'input')); }

/** The bytes of text in one encoding, as those of another; what has no byte there is "?". */
export function transcode(source, from, to) {
  checkBytes(source, 'source');
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString(from);
  const target = encodingNumber(to);
  if (target !== LATIN1 && target !== ASCII) return Buffer.from(text, to);
  // eslint-disable-next-line no-control-regex
  return Buffer.from(text.replace(target === LATIN1 ? /[^\x00-\xff]/gu : /[^\x00-\x7f]/gu, '?'), 'latin1');
}

function invalidCharacter(message) {
  return new (require('../web/dom_exception.js').default.DOMException)(message, 'InvalidCharacterError');
}

/** Base64 to a string of bytes (HTML, forgiving-base64 decode). */
export function atob(data) {
  const text = `${data}`.replace(/[\t\n\f\r ]/g, '');
  const bare = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  if (bare.length % 4 === 1) throw invalidCharacter('The string to be decoded is not correctly encoded.');
  if (/[^A-Za-z0-9+/]/.test(bare)) throw invalidCharacter('Invalid character');
  return Buffer.from(bare, 'base64').toString('latin1');
}

/** A string of bytes to base64. */
export function btoa(data) {
  const text = `${data}`;
  // eslint-disable-next-line no-control-regex
  if (/[^\x00-\xff]/.test(text)) throw invalidCharacter('Invalid character');
  return Buffer.from(text, 'latin1').toString('base64');
}

const constants = {};
Object.defineProperty(constants, 'MAX_LENGTH', { value: kMaxLength, enumerable: true });
Object.defineProperty(constants, 'MAX_STRING_LENGTH', { value: kStringMaxLength, enumerable: true });

export { Buffer };
export default {
  // Packed when the app's text names it.
  get Blob() { return lookup('dv8:globals/blob')?.Blob; },
  Buffer,
  get File() { return lookup('dv8:globals/blob')?.File; },
  SlowBuffer,
  get INSPECT_MAX_BYTES() { return inspectMaxBytes; },
  set INSPECT_MAX_BYTES(value) {
    validateNumber(value, 'INSPECT_MAX_BYTES', 0);
    inspectMaxBytes = value;
  },
  atob,
  btoa,
  constants,
  isAscii,
  isUtf8,
  kMaxLength,
  kStringMaxLength,
  transcode,
};
