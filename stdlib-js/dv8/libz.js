/**
 * @module dv8:libz — compression between two fixed buffers. A `ZLib` reads from one, writes to the
 * other and keeps nothing between: what does not fit is asked for again.
 *
 * @example
 * import { ZLib, GZIP, GUNZIP, Z_FINISH } from 'dv8:libz';
 * const plain = new Uint8Array(1000).fill(65);
 * const packed = new Uint8Array(1000);
 * const gzip = new ZLib(GZIP);
 * console.log(gzip.setup(plain, packed, 9)); //> 0
 * const size = packed.length - gzip.write(plain.length, Z_FINISH);
 * gzip.end();
 * console.log(size < 100, packed[0].toString(16), packed[1].toString(16)); //> true 1f 8b
 *
 * const back = new Uint8Array(1000);
 * const gunzip = new ZLib(GUNZIP);
 * gunzip.setup(packed, back);
 * console.log(back.length - gunzip.write(size), back[999]); //> 1000 65
 * gunzip.end();
 *
 * @example
 * // Output in pieces: 0 says that `out` is full, write(0) fills it anew from the input that is left.
 * import { ZLib, DEFLATE, INFLATE, Z_FINISH, Z_NO_FLUSH } from 'dv8:libz';
 * const input = new Uint8Array(100000).map((_, i) => i % 251);
 * const deflated = new Uint8Array(100000);
 * const deflate = new ZLib(DEFLATE);
 * deflate.setup(input, deflated);
 * const length = deflated.length - deflate.write(input.length, Z_FINISH);
 * const inflate = new ZLib(INFLATE);
 * const out = new Uint8Array(4096);
 * inflate.setup(deflated, out);
 * let total = 0;
 * let left = inflate.write(length);
 * while (left === 0) {
 *   total += out.length;
 *   left = inflate.write(0);
 * }
 * console.log(total + out.length - left); //> 100000
 */
import * as native from 'internal:dv8_libz';
import { checkRange } from '../internal/dv8_bytes.js';
import { checkInteger, heldBytes } from '../internal/dv8_memory.js';

/** Formats of a ZLib: none (a copy), zlib's, gzip's, and deflate without a header; UNZIP finds out. Each is called ZLIB_MODE_… too. */
export const NONE = 0;
export const DEFLATE = 1;
export const INFLATE = 2;
export const GZIP = 3;
export const GUNZIP = 4;
export const DEFLATERAW = 5;
export const INFLATERAW = 6;
export const UNZIP = 7;
export const ZLIB_MODE_NONE = NONE;
export const ZLIB_MODE_DEFLATE = DEFLATE;
export const ZLIB_MODE_INFLATE = INFLATE;
export const ZLIB_MODE_GZIP = GZIP;
export const ZLIB_MODE_GUNZIP = GUNZIP;
export const ZLIB_MODE_DEFLATERAW = DEFLATERAW;
export const ZLIB_MODE_INFLATERAW = INFLATERAW;
export const ZLIB_MODE_UNZIP = UNZIP;

/** What write() gives out at once: as it likes, all so far, all with a restart point, the end. */
export const Z_NO_FLUSH = 0;
export const Z_PARTIAL_FLUSH = 1;
export const Z_SYNC_FLUSH = 2;
export const Z_FULL_FLUSH = 3;
export const Z_FINISH = 4;
export const Z_BLOCK = 5;

/** zlib's results: the negative ones are errors. */
export const Z_OK = 0;
export const Z_STREAM_END = 1;
export const Z_NEED_DICT = 2;
export const Z_ERRNO = -1;
export const Z_STREAM_ERROR = -2;
export const Z_DATA_ERROR = -3;
export const Z_MEM_ERROR = -4;
export const Z_BUF_ERROR = -5;
export const Z_VERSION_ERROR = -6;

/** Levels of setup(): none, fast, small, and zlib's own choice. */
export const Z_NO_COMPRESSION = 0;
export const Z_BEST_SPEED = 1;
export const Z_BEST_COMPRESSION = 9;
export const Z_DEFAULT_COMPRESSION = -1;

/** Other names of zlib.h. */
export const Z_TREES = 6;
export const Z_FILTERED = 1;
export const Z_HUFFMAN_ONLY = 2;
export const Z_RLE = 3;
export const Z_FIXED = 4;
export const Z_DEFAULT_STRATEGY = 0;
export const Z_BINARY = 0;
export const Z_TEXT = 1;
export const Z_ASCII = 1;
export const Z_UNKNOWN = 2;
export const Z_DEFLATED = 8;
export const Z_NULL = 0;

/** zlib's version, such as "1.3.1", and as a number. */
export const ZLIB_VERSION = native.version();
export const ZLIB_VERNUM = native.ZLIB_VERNUM;

/** One stream, in or out of one format. */
export class ZLib {
  #native;
  #input = 0;
  #output = 0;
  #available = 0;

  /**
   * @param {number} mode - NONE to UNZIP.
   * @throws {RangeError} when it is none of these.
   */
  constructor(mode) {
    checkInteger('ZLib: mode', mode, NONE, UNZIP);
    this.#native = new native.Codec(mode);
  }

  /**
   * Begins a stream, also in place of an earlier one.
   * @param {Buffer|ArrayBuffer|TypedArray} input - where write() reads.
   * @param {Buffer|ArrayBuffer|TypedArray} output - where it writes.
   * @param {number} level - 0 (none) to 9 (smallest), -1 for zlib's own choice.
   * @returns {number} Z_OK or an error.
   */
  setup(input, output, level = Z_DEFAULT_COMPRESSION) {
    const from = heldBytes(input, 'setup: input');
    const to = heldBytes(output, 'setup: output');
    checkInteger('setup: level', level, Z_DEFAULT_COMPRESSION, Z_BEST_COMPRESSION);
    this.#input = from.length;
    this.#output = this.#available = to.length;
    return this.#native.setup(from, to, level);
  }

  /**
   * Works off the first `length` bytes of the input, as far as the output has room.
   * @param {number} length - bytes; 0 goes on with those that an earlier call left.
   * @param {number} flush - Z_NO_FLUSH to Z_BLOCK.
   * @param {number} available - bytes at the end of the output that may be written; without it, those that the
   *   last call left: output goes on where it ended, until setup(). When it was full, it is filled from its start.
   * @returns {number} how many of these are left: 0 may mean that there is more to come. Or an
   *   error: Z_DATA_ERROR for bytes that are not of the format, Z_BUF_ERROR for an end too early
   *   (with Z_FINISH) or for new input before the old is used, Z_STREAM_ERROR without setup().
   * @throws {RangeError} when a number is out of bounds.
   */
  write(length, flush = Z_NO_FLUSH, available = this.#available || this.#output) {
    checkRange('write', 0, length, this.#input);
    checkInteger('write: flush', flush, Z_NO_FLUSH, Z_BLOCK);
    checkInteger('write: avail_out', available, 0, this.#output);
    const left = this.#native.write(length, flush, available);
    if (left >= 0) this.#available = left;
    return left;
  }

  /** zlib's words for the last error, or undefined. */
  error() { return this.#native.message(); }

  /** Bytes of input that write() has not used yet. */
  left() { return this.#native.left(); }

  /** Gives up zlib's memory and the buffers. Harmless when there is no stream. @returns {number} 0 */
  end() {
    this.#native.end();
    this.#input = this.#output = this.#available = 0;
    return Z_OK;
  }
}

export default {
  ZLib, NONE, DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP, ZLIB_MODE_NONE, ZLIB_MODE_DEFLATE,
  ZLIB_MODE_INFLATE, ZLIB_MODE_GZIP, ZLIB_MODE_GUNZIP, ZLIB_MODE_DEFLATERAW, ZLIB_MODE_INFLATERAW, ZLIB_MODE_UNZIP,
  Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH, Z_BLOCK, Z_OK, Z_STREAM_END, Z_NEED_DICT,
  Z_ERRNO, Z_STREAM_ERROR, Z_DATA_ERROR, Z_MEM_ERROR, Z_BUF_ERROR, Z_VERSION_ERROR, Z_NO_COMPRESSION, Z_BEST_SPEED,
  Z_BEST_COMPRESSION, Z_DEFAULT_COMPRESSION, Z_TREES, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED, Z_DEFAULT_STRATEGY,
  Z_BINARY, Z_TEXT, Z_ASCII, Z_UNKNOWN, Z_DEFLATED, Z_NULL, ZLIB_VERNUM, ZLIB_VERSION,
};
