// The globals Blob and File (W3C File API). The bytes are in memory, in one piece.
import { Buffer } from '../node_old/buffer.js';
import { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } from '../internal/errors.js';

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

function toBytes(part, endings) {
  if (part instanceof Blob) return bytesOf(part);
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer || part instanceof SharedArrayBuffer) return new Uint8Array(part);
  const text = `${part}`.toWellFormed();
  return Buffer.from(endings === 'native' ? text.replace(/\r\n?/g, '\n') : text);
}

function normalizeType(type) {
  const text = `${type}`;
  return /[^\u0020-\u007e]/.test(text) ? '' : text.toLowerCase();
}

let bytesOf;
let withBytes;

export class Blob {
  #bytes;
  #type;
  constructor(parts = [], options = {}) {
    if (parts === null || typeof parts !== 'object' || typeof parts[Symbol.iterator] !== 'function') {
      throw new ERR_INVALID_ARG_TYPE('sources', 'a sequence', parts);
    }
    if (options !== null && typeof options !== 'object' && typeof options !== 'function') throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
    const { type = '', endings = 'transparent' } = options ?? {};
    const all = Buffer.concat(Array.from(parts, (part) => toBytes(part, endings)));
    // A copy of its own: a Buffer may share its memory.
    this.#bytes = new Uint8Array(all);
    this.#type = normalizeType(type);
  }
  static {
    bytesOf = (blob) => blob.#bytes;
    withBytes = (bytes, type) => {
      const blob = new Blob([], { type });
      blob.#bytes = bytes;
      return blob;
    };
  }
  get size() { return this.#bytes.length; }
  get type() { return this.#type; }
  /** The same bytes, not copied. */
  slice(start = 0, end = this.size, type = '') {
    return withBytes(this.#bytes.subarray(start, end), type);
  }
  async arrayBuffer() { return this.#bytes.slice().buffer; }
  async bytes() { return this.#bytes.slice(); }
  async text() {
    const { TextDecoder } = require('./encoding.js');
    return new TextDecoder().decode(this.#bytes);
  }
  stream() {
    const { ReadableStream } = require('./streams.js');
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (at >= bytes.length) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        controller.enqueue(bytes.slice(at, at += 65536));
      },
    });
  }
  get [Symbol.toStringTag]() { return 'Blob'; }
  [inspectCustom](depth, options, inspect) {
    return depth < 0 ? this : `Blob ${inspect({ size: this.size, type: this.type }, options)}`;
  }
}

export class File extends Blob {
  #name;
  #lastModified;
  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('fileBits', 'fileName');
    super(parts, options);
    this.#name = `${name}`.toWellFormed();
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#lastModified; }
  get [Symbol.toStringTag]() { return 'File'; }
  [inspectCustom](depth, options, inspect) {
    if (depth < 0) return this;
    return `File ${inspect({ size: this.size, type: this.type, name: this.name, lastModified: this.lastModified }, options)}`;
  }
}
for (const [type, name] of [[Blob, 'Blob'], [File, 'File']]) Object.defineProperty(type, 'name', { value: name });

export default { Blob, File };
