// node:string_decoder: text from bytes that come in pieces.
import { Buffer } from './buffer.js';
import { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } from '../internal/errors.js';

const canonical = {
  __proto__: null,
  'utf8': 'utf8', 'utf-8': 'utf8', 'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf16le': 'utf16le', 'utf-16le': 'utf16le',
  'latin1': 'latin1', 'binary': 'latin1', 'ascii': 'ascii', 'hex': 'hex', 'base64': 'base64', 'base64url': 'base64url',
};

function toBuffer(bytes) {
  if (bytes instanceof Buffer) return bytes;
  if (ArrayBuffer.isView(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], bytes);
}

/** Bytes at the end of `bytes` that may begin a character of more bytes, by RFC 3629's table. */
function openUtf8(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back];
    if ((byte & 0xC0) === 0x80) continue;
    const needs = byte >= 0xC2 && byte < 0xE0 ? 2 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xF0 && byte < 0xF5 ? 4 : 1;
    if (needs <= back) return 0;
    // What the first byte does not allow as a second one ends the character at once.
    const second = bytes[length - back + 1];
    if (back >= 2 && ((byte === 0xE0 && second < 0xA0) || (byte === 0xED && second > 0x9F) ||
                      (byte === 0xF0 && second < 0x90) || (byte === 0xF4 && second > 0x8F))) return 0;
    return back;
  }
  return 0;
}

function openUtf16(bytes) {
  const odd = bytes.length % 2;
  const high = bytes.length >= 2 + odd && (bytes[bytes.length - 1 - odd] & 0xFC) === 0xD8;
  return odd + (high ? 2 : 0);
}

/** How many bytes at the end wait for more. */
function open(encoding, bytes) {
  switch (encoding) {
    case 'utf8': return openUtf8(bytes);
    case 'utf16le': return openUtf16(bytes);
    case 'base64': case 'base64url': return bytes.length % 3;
    default: return 0;
  }
}

/** The bytes that the kept ones need to be complete. */
function missing(encoding, kept) {
  switch (encoding) {
    case 'utf8': return (kept[0] >= 0xF0 ? 4 : kept[0] >= 0xE0 ? 3 : 2) - kept.length;
    case 'utf16le': return kept.length % 2 || 2;
    default: return 3 - kept.length;
  }
}

export function StringDecoder(encoding) {
  if (!(this instanceof StringDecoder)) return new StringDecoder(encoding);
  const name = encoding === undefined || encoding === null || encoding === '' ? 'utf8' : canonical[`${encoding}`.toLowerCase()];
  if (name === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  this.encoding = name;
  this.kept = undefined;
}

/** The text that is complete; a string passes as it is. */
StringDecoder.prototype.write = function write(bytes) {
  if (typeof bytes === 'string') return bytes;
  bytes = toBuffer(bytes);
  if (this.kept !== undefined) {
    bytes = Buffer.concat([this.kept, bytes]);
    this.kept = undefined;
  }
  const rest = open(this.encoding, bytes);
  if (rest === 0) return bytes.toString(this.encoding);
  // A copy: the caller may use its memory again.
  this.kept = Buffer.from(bytes.subarray(bytes.length - rest));
  return bytes.toString(this.encoding, 0, bytes.length - rest);
};

/** The last text, with U+FFFD for a character that stayed incomplete. */
StringDecoder.prototype.end = function end(bytes) {
  const text = bytes === undefined ? '' : this.write(bytes);
  const { kept } = this;
  this.kept = undefined;
  return kept === undefined ? text : text + kept.toString(this.encoding);
};

StringDecoder.prototype.text = function text(bytes, offset) {
  this.kept = undefined;
  return this.write(bytes.subarray(offset));
};

for (const [name, get] of [
  ['lastChar', (decoder) => Buffer.concat([decoder.kept ?? Buffer.alloc(0), Buffer.alloc(4)], 4)],
  ['lastNeed', (decoder) => (decoder.kept === undefined ? 0 : missing(decoder.encoding, decoder.kept))],
  ['lastTotal', (decoder) => (decoder.kept === undefined ? 0 : decoder.kept.length + missing(decoder.encoding, decoder.kept))],
]) {
  Object.defineProperty(StringDecoder.prototype, name, { configurable: true, enumerable: true, get() { return get(this); } });
}

export default { StringDecoder };
