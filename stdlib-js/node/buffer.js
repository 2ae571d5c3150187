// node:buffer: npm's buffer (feross), with text conversions, comparison and search done natively.
import * as native from 'internal:buffer';
import npm from 'buffer';
import { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } from '../internal/errors.js';

const { Buffer } = npm;

const encodings = {
  'utf8': 0, 'utf-8': 0, 'ucs2': 1, 'ucs-2': 1, 'utf16le': 1, 'utf-16le': 1, 'latin1': 2, 'binary': 2, 'ascii': 3,
  'hex': 4, 'base64': 5, 'base64url': 6,
};
const names = ['utf8', 'ucs2', 'latin1', 'ascii', 'hex', 'base64', 'base64url'];

/** The number of an encoding's name; a TypeError for an unknown one. */
function encodingNumber(name) {
  if (name === undefined || name === null || name === '') return 0;
  const number = encodings[name] ?? encodings[`${name}`.toLowerCase()];
  if (number === undefined) throw new ERR_UNKNOWN_ENCODING(name);
  return number;
}

function asBuffer(arrayBuffer) {
  return Object.setPrototypeOf(new Uint8Array(arrayBuffer), Buffer.prototype);
}

function clamp(value, fallback, length) {
  if (value === undefined) return fallback;
  value = Math.trunc(+value) || 0;
  return value < 0 ? 0 : value > length ? length : value;
}

const fromAny = Buffer.from;
/** A Buffer from text, bytes, an ArrayBuffer (shared, not copied) or an array. */
Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return asBuffer(native.encode(value, encodingNumber(encodingOrOffset)));
  return Reflect.apply(fromAny, Buffer, [value, encodingOrOffset, length]);
};

Buffer.isEncoding = function isEncoding(name) {
  return typeof name === 'string' && name !== '' && encodings[name.toLowerCase()] !== undefined;
};

/** Bytes that `value` has in an encoding. */
Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return value.byteLength;
    throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], value);
  }
  switch (encodings[encoding] ?? 0) {
    case 0: return native.utf8Length(value);
    case 1: return value.length * 2;
    case 2: case 3: return value.length;
    case 4: return value.length >>> 1;
    default: {
      let size = value.length;
      if (value.charCodeAt(size - 1) === 0x3D) size--;
      if (size > 1 && value.charCodeAt(size - 1) === 0x3D) size--;
      return (size * 3) >>> 2;
    }
  }
};

Buffer.compare = function compare(a, b) {
  if (!(a instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], a);
  if (!(b instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], b);
  return native.compare(a, b);
};

/** A copy of the elements [offset, offset + length) of a typed array. */
Buffer.copyBytesFrom = function copyBytesFrom(view, offset = 0, length = view.length - offset) {
  const part = view.slice(offset, offset + length);
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
};

const proto = Buffer.prototype;

proto.toString = function toString(encoding, start, end) {
  const length = this.length;
  start = clamp(start, 0, length);
  end = clamp(end, length, length);
  const number = encodingNumber(encoding);
  return end <= start ? '' : native.decode(this, start, end, number);
};
proto.toLocaleString = proto.toString;

proto.write = function write(text, offset, length, encoding) {
  if (typeof text !== 'string') throw new ERR_INVALID_ARG_TYPE('argument', 'string', text);
  if (typeof offset === 'string') [encoding, offset, length] = [offset, undefined, undefined];
  else if (typeof length === 'string') [encoding, length] = [length, undefined];
  offset = clamp(offset, 0, this.length);
  length = Math.min(length === undefined ? this.length : length, this.length - offset);
  return length <= 0 ? 0 : native.encodeInto(text, this, offset, length, encodingNumber(encoding));
};

for (const [number, name] of names.entries()) {
  proto[`${name}Slice`] = function(start = 0, end = this.length) { return native.decode(this, start, end, number); };
  proto[`${name}Write`] = function(text, offset = 0, length = this.length - offset) {
    return native.encodeInto(text, this, offset, length, number);
  };
}

proto.equals = function equals(other) {
  if (!(other instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], other);
  return this === other || (this.byteLength === other.byteLength && native.compare(this, other) === 0);
};

const indexOfAny = proto.indexOf;
proto.indexOf = function indexOf(value, offset, encoding) {
  if (typeof offset === 'string') [encoding, offset] = [offset, 0];
  const number = encodingNumber(encoding);
  if (number !== 1 && (typeof value === 'string' || value instanceof Uint8Array)) {
    const needle = typeof value === 'string' ? Buffer.from(value, encoding) : value;
    offset = Math.trunc(+offset) || 0;
    if (offset < 0) offset = Math.max(0, this.length + offset);
    if (offset > this.length) return -1;
    return native.indexOf(this, needle, offset);
  }
  return Reflect.apply(indexOfAny, this, [value, offset, encoding]);
};
proto.includes = function includes(value, offset, encoding) { return this.indexOf(value, offset, encoding) !== -1; };

/** The bytes, as Node shows them: <Buffer 68 69 … 3 more bytes>. */
proto[Symbol.for('nodejs.util.inspect.custom')] = function inspect() {
  const shown = Math.min(this.length, npm.INSPECT_MAX_BYTES);
  let text = native.decode(this, 0, shown, 4).replace(/(.{2})/g, '$1 ').trim();
  const rest = this.length - shown;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  return `<${this.constructor.name}${text === '' ? '' : ` ${text}`}>`;
};

function bytesOf(value, name) {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray'], value);
}

export function isUtf8(input) { return native.isUtf8(bytesOf(input, 'input')); }
export function isAscii(input) { return native.isAscii(bytesOf(input, 'input')); }

/** The bytes of text in one encoding, as those of another; what has no byte there is "?". */
export function transcode(source, from, to) {
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString(from);
  const target = encodingNumber(to);
  if (target !== 2 && target !== 3) return Buffer.from(text, to);
  // eslint-disable-next-line no-control-regex
  return Buffer.from(text.replace(target === 2 ? /[^\x00-\xff]/gu : /[^\x00-\x7f]/gu, '?'), 'latin1');
}

/** Base64 to a string of bytes (HTML, forgiving-base64 decode). */
export function atob(data) {
  const text = `${data}`.replace(/[\t\n\f\r ]/g, '');
  const bare = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  if (bare.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(bare)) {
    throw new (require('../web/dom_exception.js').default.DOMException)(
      'The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  return Buffer.from(bare, 'base64').toString('latin1');
}

/** A string of bytes to base64. */
export function btoa(data) {
  const text = `${data}`;
  // eslint-disable-next-line no-control-regex
  if (/[^\x00-\xff]/.test(text)) {
    throw new (require('../web/dom_exception.js').default.DOMException)('Invalid character', 'InvalidCharacterError');
  }
  return Buffer.from(text, 'latin1').toString('base64');
}

const kMaxLength = 2 ** 32 - 1;
const kStringMaxLength = 536870888;

export { Buffer };
export default {
  Buffer,
  SlowBuffer: npm.SlowBuffer,
  INSPECT_MAX_BYTES: npm.INSPECT_MAX_BYTES,
  atob,
  btoa,
  constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength },
  isAscii,
  isUtf8,
  kMaxLength,
  kStringMaxLength,
  transcode,
};
