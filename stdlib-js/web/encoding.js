// TextEncoder and TextDecoder (WHATWG Encoding). UTF-8, UTF-16LE, UTF-16BE and windows-1252.
import * as native from 'internal:buffer';
import { ERR_ENCODING_INVALID_ENCODED_DATA, ERR_ENCODING_NOT_SUPPORTED, ERR_INVALID_ARG_TYPE } from '../internal/errors.js';

/** UTF-8 from strings. */
export class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(input = '') { return new Uint8Array(native.encode(`${input}`, 0)); }
  /** Fills `dest`; `read` counts UTF-16 units, `written` bytes. */
  encodeInto(source, dest) {
    if (!(dest instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', dest);
    const text = `${source}`;
    const written = native.encodeInto(text, dest, 0, dest.byteLength, 0);
    let read = 0;
    for (let bytes = 0; bytes < written;) {
      const code = text.codePointAt(read);
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      read += code < 0x10000 ? 1 : 2;
    }
    return { read, written };
  }
}

const labels = {
  'utf-8': ['utf-8', 'utf8', 'unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'x-unicode20utf8'],
  'utf-16le': ['utf-16le', 'utf-16', 'ucs-2', 'unicode', 'csunicode', 'iso-10646-ucs-2', 'unicodefeff'],
  'utf-16be': ['utf-16be', 'unicodefffe'],
  'windows-1252': ['windows-1252', 'ansi_x3.4-1968', 'ascii', 'cp1252', 'cp819', 'csisolatin1', 'ibm819', 'iso-8859-1',
                   'iso-ir-100', 'iso8859-1', 'iso88591', 'iso_8859-1', 'iso_8859-1:1987', 'l1', 'latin1', 'us-ascii',
                   'x-cp1252'],
};
// 0x80 to 0x9f of windows-1252; the rest is Latin-1.
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function canonical(label) {
  const wanted = `${label}`.trim().toLowerCase();
  for (const [name, all] of Object.entries(labels)) if (all.includes(wanted)) return name;
  throw new ERR_ENCODING_NOT_SUPPORTED(label);
}

function viewOf(input) {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return new Uint8Array(input);
  throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'ArrayBufferView'], input);
}

/** How many bytes at the end of `bytes` begin a UTF-8 sequence that is not complete. */
function unfinished(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xC0) === 0x80) continue;
    const needs = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
}

export class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #rest = new Uint8Array(0);
  #started = false;
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    this.#encoding = canonical(label);
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }

  decode(input, { stream = false } = {}) {
    let bytes = viewOf(input);
    if (this.#rest.length > 0) {
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, this.#rest.length);
      bytes = joined;
    }
    const utf16 = this.#encoding.startsWith('utf-16');
    const keep = !stream ? 0 : utf16 ? bytes.length % 2 : this.#encoding === 'utf-8' ? unfinished(bytes) : 0;
    this.#rest = keep > 0 ? bytes.slice(bytes.length - keep) : new Uint8Array(0);
    if (keep > 0) bytes = bytes.subarray(0, bytes.length - keep);
    let text = this.#text(bytes, utf16);
    if (!this.#started && !this.#ignoreBOM && text.charCodeAt(0) === 0xFEFF && this.#encoding !== 'windows-1252') {
      text = text.slice(1);
    }
    this.#started = stream && (this.#started || text.length > 0 || bytes.length > 0);
    return text;
  }

  #text(bytes, utf16) {
    if (this.#encoding === 'utf-8') {
      if (this.#fatal && !native.isUtf8(bytes)) throw new ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding);
      return native.decode(bytes, 0, bytes.length, 0);
    }
    if (!utf16) {
      return native.decode(bytes, 0, bytes.length, 2).replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80]);
    }
    if (this.#encoding === 'utf-16be') {
      bytes = bytes.slice();
      for (let i = 0; i + 1 < bytes.length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1], bytes[i]];
    }
    const text = native.decode(bytes, 0, bytes.length & ~1, 1) + (bytes.length % 2 ? '\uFFFD' : '');
    if (this.#fatal && (bytes.length % 2 || !text.isWellFormed())) throw new ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding);
    return text.toWellFormed();
  }
}

for (const [type, name] of [[TextEncoder, 'TextEncoder'], [TextDecoder, 'TextDecoder']]) {
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

export default { TextEncoder, TextDecoder };
