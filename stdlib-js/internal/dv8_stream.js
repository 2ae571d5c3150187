// What dv8:tty and dv8:socket have in common: reading into one buffer and writing from another.
import { encode } from 'internal:buffer';
import { CLOSE, DRAIN, END, ERROR, READ, STATS, Stream as NativeStream, WRITE, errorText } from 'internal:dv8_stream';
import { checkRange } from './dv8_bytes.js';
import { checkCallback, checkCounts } from './dv8_callbacks.js';
import { checkInteger, heldBytes } from './dv8_memory.js';

const UTF8 = 0;

// Descriptors that are offered to a server's onConnect, while it runs and no stream has made them its own.
export const offered = new Set();

export class Stream extends NativeStream {
  openFd(fd) {
    checkInteger('open: descriptor', fd, 0, 2 ** 31 - 1);
    const rc = super.openFd(fd);
    // It may have it although reading could not begin.
    if (super.isOpen() && super.fd() === fd) offered.delete(fd);
    return rc;
  }

  /**
   * Writes from the write buffer. All written: gives `length`, and onWrite follows at once. A part:
   * gives its size, and a copy of the rest is queued. Nothing, because the other side is slow, or
   * because onWrite itself writes: gives 0, and a copy is queued. The buffer is free for other bytes when this returns; onDrain tells that
   * the queue is empty again.
   * @param {number} length - bytes.
   * @param {number} [offset=0] - where they begin in the buffer.
   * @returns {number} bytes written now, or a negative libuv error: UV_EBADF after close; a file's also
   *   when it took a part, of which stats() has the size.
   * @throws {RangeError} when they are not all in the buffer.
   */
  write(length, offset = 0, third = undefined) {
    if (third !== undefined) return this.writeNumbered(length, offset, third);
    const written = super.write(length, offset);
    if (written === undefined) this.#refuse(length, offset);
    return written;
  }

  // write(fd, offset, length) of v0.0.4, which a Socket has.
  writeNumbered(length, offset) { return this.write(length, offset); }

  #refuse(length, offset) {
    const size = super.outSize();
    checkRange('write', offset, length, size);
    throw new RangeError(`write: length ${length} at offset ${offset} of ${size} bytes is more than a write can be`);
  }

  /** Writes a text as UTF-8, by the rule of write(). @returns {number} as write() does, in bytes. */
  writeText(text) { return super.writeBytes(new Uint8Array(encode(`${text}`, UTF8))); }

  /** The same as writeText(). */
  writeString(text) { return this.writeText(text); }

  /** Stops reading. */
  pause() { super.pause(); }

  /** Starts reading. @returns {number} 0, or a negative libuv error: UV_ENOBUFS without a read buffer. */
  resume() { return super.resume(); }

  /** Bytes that wait in the queue. */
  queueSize() { return super.queueSize(); }

  /**
   * Fills a BigUint64Array of 20 or more: 0 closed, 1 errors, 2 bytes read, 3 pauses, 4 reads, 5
   * resumes, 6 ends, 10 bytes written, 11 writes of which a part was queued, 12 whole writes, 13
   * drains, 14 the longest queue in bytes, 15 copies made, 16 copies freed, 17 writes queued whole.
   * @throws {RangeError} when it is shorter.
   */
  stats(counts) {
    checkCounts('stats: the array', counts, STATS, BigUint64Array);
    super.stats(counts);
  }

  /** What the libuv error that is the last argument means: "ECODE: text". */
  error(...args) { return errorText(Number(args.at(-1)) | 0); }

  /** Calls `fn(length)` when that many bytes are at the start of the read buffer. */
  onRead(fn) { super.on(READ, checkCallback('onRead', fn)); }

  /** The same as onRead(). */
  onData(fn) { this.onRead(fn); }

  /** Calls `fn()` when the other side has ended. */
  onEnd(fn) { super.on(END, checkCallback('onEnd', fn)); }

  /** Calls `fn()` when it is closed. */
  onClose(fn) { super.on(CLOSE, checkCallback('onClose', fn)); }

  /** Calls `fn()` when the queue has become empty. */
  onDrain(fn) { super.on(DRAIN, checkCallback('onDrain', fn)); }

  /** Calls `fn(length, status)` when bytes were written; status is 0 or a negative libuv error. */
  onWrite(fn) { super.on(WRITE, checkCallback('onWrite', fn)); }

  /** Calls `fn(rc, message)` with a negative libuv error and what it means. */
  onError(fn) { super.on(ERROR, checkCallback('onError', fn)); }
}

/** The bytes of both buffers; undefined ones stay so. */
export function views(input, output) {
  return [input === undefined ? undefined : heldBytes(input, 'setup: the read buffer'),
          output === undefined ? undefined : heldBytes(output, 'setup: the write buffer')];
}

/** An Error for a negative libuv error number. */
export function uvError(rc, syscall) {
  const message = errorText(rc);
  return Object.assign(new Error(`${message}, ${syscall}`), { code: message.slice(0, message.indexOf(':')), errno: rc, syscall });
}
