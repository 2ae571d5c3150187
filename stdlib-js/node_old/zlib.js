// node:zlib: deflate, gzip and their inverses. Brotli and zstd are not there yet. Work is done
// on the program's own thread, a chunk at a time.
import * as native from 'internal:zlib';
import { Buffer } from './buffer.js';
import stream from './stream.js';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, makeError } from '../internal/errors.js';
import { notSupportedAll } from '../internal/not_supported.js';
import { validateFunction, validateNumber } from '../internal/validators.js';
import { constants } from '../internal/zlib_constants.js';

const codes = { __proto__: null };
for (const name of ['Z_OK', 'Z_STREAM_END', 'Z_NEED_DICT', 'Z_ERRNO', 'Z_STREAM_ERROR', 'Z_DATA_ERROR', 'Z_MEM_ERROR', 'Z_BUF_ERROR', 'Z_VERSION_ERROR']) {
  codes[name] = constants[name];
  codes[constants[name]] = name;
}
const kMaxLength = 2 ** 53 - 1;

function zlibError(message, errno) {
  return Object.assign(new Error(message), { errno, code: codes[errno] });
}

/** A number option within its limits, or `fallback`. */
function ranged(value, name, low, high, fallback) {
  if (value === undefined) return fallback;
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (Number.isNaN(value)) return fallback;
  if (!Number.isFinite(value)) throw new ERR_OUT_OF_RANGE(name, 'a finite number', value);
  if (value < low || value > high) throw new ERR_OUT_OF_RANGE(name, high === Infinity ? `>= ${low}` : `>= ${low} and <= ${high}`, value);
  return value;
}

function toBytes(data, name = 'buffer') {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return data instanceof Uint8Array ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return Buffer.from(data);
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], data);
}

class Zlib extends stream.Transform {
  #native;
  #numbers = new Int32Array(3);
  #out;
  #at = 0;
  #flushFlag;
  #finishFlag;
  #chunkSize;
  #ended = false;
  constructor(mode, options = {}) {
    options ??= {};
    const { dictionary } = options;
    const chunkSize = options.chunkSize ?? constants.Z_DEFAULT_CHUNK;
    ranged(chunkSize, 'options.chunkSize', constants.Z_MIN_CHUNK, Infinity);
    super({ autoDestroy: true, ...options });
    this.#chunkSize = chunkSize;
    this.#flushFlag = ranged(options.flush, 'options.flush', 0, 5, constants.Z_NO_FLUSH);
    this.#finishFlag = ranged(options.finishFlush, 'options.finishFlush', 0, 5, constants.Z_FINISH);
    this._maxOutputLength = ranged(options.maxOutputLength, 'options.maxOutputLength', 1, kMaxLength, kMaxLength);
    const inverse = mode === constants.INFLATE || mode === constants.GUNZIP || mode === constants.UNZIP;
    // Zero, where it is allowed, takes the window's size from the header.
    const windowBits = inverse && options.windowBits === 0 ? 0 : ranged(
      options.windowBits, 'options.windowBits', mode === constants.GZIP || mode === constants.GUNZIP ? 9 : 8, 15, 15);
    this._level = ranged(options.level, 'options.level', -1, 9, -1);
    const memLevel = ranged(options.memLevel, 'options.memLevel', 1, 9, 8);
    this._strategy = ranged(options.strategy, 'options.strategy', 0, 4, 0);
    if (dictionary !== undefined && !ArrayBuffer.isView(dictionary) && !(dictionary instanceof ArrayBuffer)) {
      throw new ERR_INVALID_ARG_TYPE('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
    }
    this._mode = mode;
    this.bytesWritten = 0;
    this.#native = new native.Stream(mode, windowBits, this._level, memLevel, this._strategy, dictionary);
  }

  /** Feeds `input` and hands every full or last piece of output to `emit`. */
  #run(input, flush, emit) {
    let start = 0;
    for (;;) {
      if (this.#out === undefined || this.#at === this.#out.length) {
        this.#out = Buffer.allocUnsafeSlow(this.#chunkSize);
        this.#at = 0;
      }
      this.#native.process(flush, input, start, input.length, this.#out, this.#at, this.#numbers);
      const [rc, left, room] = this.#numbers;
      const end = this.#out.length - room;
      this.bytesWritten += input.length - left - start;
      start = input.length - left;
      if (end > this.#at) {
        const part = this.#out.subarray(this.#at, end);
        this.#at = end;
        emit(part);
      }
      if (rc < 0 && rc !== constants.Z_BUF_ERROR) throw zlibError(this.#native.message() ?? codes[rc], rc);
      if (rc === constants.Z_NEED_DICT) {
        throw zlibError('Missing dictionary', rc);
      }
      if (rc === constants.Z_STREAM_END) {
        this.#ended = true;
        return;
      }
      if (room > 0) {
        if (flush === constants.Z_FINISH) throw zlibError('unexpected end of file', constants.Z_BUF_ERROR);
        return;
      }
    }
  }

  _transform(chunk, encoding, callback) {
    // Bytes after the end of the compressed data do not count.
    if (this.#ended && this._mode !== constants.GZIP) {
      callback();
      return;
    }
    try {
      this.#run(chunk, this.#flushFlag, (part) => this.push(part));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  _flush(callback) {
    try {
      if (!this.#ended) this.#run(Buffer.alloc(0), this.#finishFlag, (part) => this.push(part));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Everything at once: one Buffer. */
  _all(input) {
    const parts = [];
    let size = 0;
    try {
      this.#run(input, this.#finishFlag, (part) => {
        parts.push(part);
        size += part.length;
        if (size > this._maxOutputLength) {
          throw makeError(RangeError, 'ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${this._maxOutputLength} bytes`);
        }
      });
    } finally {
      this.#native.close();
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, size);
  }

  /** Pushes out what has been compressed so far. */
  flush(kind, callback) {
    if (typeof kind === 'function' || (kind === undefined && !callback)) [kind, callback] = [constants.Z_FULL_FLUSH, kind];
    const run = () => {
      if (this.destroyed) return;
      try {
        this.#run(Buffer.alloc(0), kind, (part) => this.push(part));
      } catch (error) {
        this.destroy(error);
        return;
      }
      callback?.();
    };
    if (this.writableFinished || this.writableEnded) process.nextTick(() => callback?.());
    else if (this.writableLength === 0) process.nextTick(run);
    else this.once('drain', run);
  }

  params(level, strategy, callback) {
    ranged(level, 'level', -1, 9);
    ranged(strategy, 'strategy', 0, 4);
    this.#run(Buffer.alloc(0), constants.Z_SYNC_FLUSH, (part) => this.push(part));
    const rc = this.#native.params(level, strategy);
    process.nextTick(callback, rc === constants.Z_OK || rc === constants.Z_BUF_ERROR ? null : zlibError(codes[rc], rc));
  }

  reset() {
    this.#native.reset();
    this.#ended = false;
  }

  close(callback) {
    if (callback) stream.finished(this, () => callback());
    this.destroy();
  }

  _destroy(error, callback) {
    this.#native?.close();
    callback(error);
  }
}

const zlib = {
  ...notSupportedAll('node:zlib', 'BrotliCompress BrotliDecompress ZstdCompress ZstdDecompress brotliCompress brotliCompressSync ' +
    'brotliDecompress brotliDecompressSync createBrotliCompress createBrotliDecompress createZstdCompress createZstdDecompress ' +
    'zstdCompress zstdCompressSync zstdDecompress zstdDecompressSync'),
  codes,
  constants,
  /** The CRC of bytes or text, going on from `value`. */
  crc32(data, value = 0) {
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw new ERR_INVALID_ARG_TYPE('data', ['Buffer', 'TypedArray', 'DataView', 'string'], data);
    validateNumber(value, 'value', 0, 4294967295);
    return native.crc32(toBytes(data), value);
  },
};

for (const [name, lower, mode] of [
  ['Deflate', 'deflate', constants.DEFLATE], ['Inflate', 'inflate', constants.INFLATE], ['Gzip', 'gzip', constants.GZIP],
  ['Gunzip', 'gunzip', constants.GUNZIP], ['DeflateRaw', 'deflateRaw', constants.DEFLATERAW],
  ['InflateRaw', 'inflateRaw', constants.INFLATERAW], ['Unzip', 'unzip', constants.UNZIP],
]) {
  const Type = function (options) {
    return Reflect.construct(Zlib, [mode, options], new.target ?? Type);
  };
  Object.defineProperty(Type, 'name', { value: name });
  Type.prototype = Object.create(Zlib.prototype, { constructor: { value: Type, writable: true, configurable: true } });
  Object.setPrototypeOf(Type, Zlib);
  zlib[name] = Type;
  zlib[`create${name}`] = (options) => new Type(options);
  const sync = (data, options) => {
    const input = toBytes(data);
    const engine = new Type(options);
    const buffer = engine._all(input);
    return options?.info ? { buffer, engine } : buffer;
  };
  zlib[`${lower}Sync`] = sync;
  zlib[lower] = (data, options, callback) => {
    if (typeof options === 'function') [options, callback] = [{}, options];
    validateFunction(callback, 'callback');
    const input = toBytes(data);
    setImmediate(() => {
      let result;
      try {
        result = sync(input, options);
      } catch (error) {
        callback(error);
        return;
      }
      callback(null, result);
    });
  };
}
for (const [name, value] of Object.entries(constants)) {
  if (name.startsWith('Z_')) Object.defineProperty(zlib, name, { value });
}

export default zlib;
