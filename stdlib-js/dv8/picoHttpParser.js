/**
 * @module dv8:picoHttpParser — HTTP/1 requests by a scanner that looks at 16 or 32 bytes at a time
 * where the processor can. It is strict, and reads no chunked bodies: `dv8:httpParser` does.
 *
 * The head is laid out in the work buffer as dv8:httpParser does it.
 *
 * @example
 * import { PicoHTTPParser } from 'dv8:picoHttpParser';
 * const input = Buffer.from('GET /one HTTP/1.1\r\nHost: here\r\n\r\nPUT /two HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc');
 * const work = Buffer.alloc(512);
 * const parser = new PicoHTTPParser();
 * parser.setup(input, work);
 * parser.reset();
 * parser.onHeaders(() => console.log(work.toString('latin1', 16, 16 + work.readUInt16BE(5))));
 * parser.onBody((length, offset) => console.log(input.toString('utf8', offset, offset + length)));
 * parser.execute(input.length);
 * //> /one
 * //> /two
 * //> abc
 */
import { BODY, ERROR, HEADERS, REQUEST, Scanner } from 'internal:dv8_pico_http';
import { checkRange } from '../internal/dv8_bytes.js';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { heldBytes } from '../internal/dv8_memory.js';

// The parser lives as long as the socket that it listens to.
const parserOf = Symbol('parser');

/** Reads requests one after the other, also those of a pipeline. */
export class PicoHTTPParser extends Scanner {
  #input;
  #socket;

  /**
   * Gives it its memory.
   * @param {Buffer|ArrayBuffer|TypedArray} input - where requests are read from.
   * @param {Buffer|ArrayBuffer|TypedArray} work - where heads are laid out; longer ones are an error.
   */
  setup(input, work) {
    const bytes = heldBytes(input, 'setup: the read buffer');
    super.setup(bytes, heldBytes(work, 'setup: the work buffer'));
    this.#input = bytes;
    this.#socket?.setBuffers(bytes);
  }

  /**
   * Begins anew, also after an error.
   * @param {Socket} [socket] - one whose reads the parser gets from now on, before its onRead; it reads into
   *   the parser's buffer.
   */
  reset(socket) {
    if (this.#input === undefined) throw new Error('reset: setup(readBuf, workBuf) comes first');
    if (!super.reset(socket)) throw new TypeError('reset: the socket must be a Socket');
    if (socket === undefined) return;
    socket.setBuffers(this.#input);
    socket[parserOf] = this;
    this.#socket = socket;
  }

  /**
   * Parses the first `length` bytes of the read buffer and calls the callbacks; what one throws comes
   * out of here.
   * @returns {number} bytes used: fewer than `length` after an error.
   * @throws {RangeError} when they are not all in the buffer.
   */
  execute(length) {
    checkRange('execute', 0, length, this.#input?.length ?? 0);
    if (super.isBusy()) throw new Error('execute: the parser runs already; this is one of its callbacks');
    return super.execute(length);
  }

  /** Calls `fn()` when a head is in the work buffer. */
  onHeaders(fn) { super.on(HEADERS, checkCallback('onHeaders', fn)); }

  /** Calls `fn(length, offset)` for a piece of a body: where it lies in the read buffer. */
  onBody(fn) { super.on(BODY, checkCallback('onBody', fn)); }

  /** Calls `fn()` at the end of a request. */
  onRequest(fn) { super.on(REQUEST, checkCallback('onRequest', fn)); }

  /** Calls `fn(-1, message)` when it is no such request or does not fit. Nothing follows until reset(). */
  onError(fn) { super.on(ERROR, checkCallback('onError', fn)); }
}

export default { PicoHTTPParser };
