/**
 * @module dv8:tty — a descriptor of the process as a stream: a terminal, a pipe, a socket or a file.
 *
 * @example
 * import { TTY } from 'dv8:tty';
 * const out = new TTY(1);
 * const memory = new ArrayBuffer(64);
 * out.setup(memory);
 * const { written } = new TextEncoder().encodeInto('hello\n', new Uint8Array(memory));
 * out.onClose(() => console.log('closed')); //> hello
 * out.write(written);
 * out.close(); //> closed
 */
import { UV_EAGAIN, UV_ENOTTY, UV_EOF, UV_TTY_MODE_IO, UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW } from 'internal:dv8_stream';
import { checkInteger } from '../internal/dv8_memory.js';
import { Stream, uvError, views } from '../internal/dv8_stream.js';
import { ttyCallbacks } from '../internal/dv8_vintages.js';

/** Modes of a terminal for setup(), 0, 1 and 2; and libuv's numbers for the end and for "try later". */
export { UV_EAGAIN, UV_EOF, UV_TTY_MODE_IO, UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW };

/** One of the process's descriptors: 0 is read, the others are written. Reading begins with resume(). */
export class TTY extends Stream {
  /**
   * @param {number} fd - an open descriptor.
   * @param {function[]} callbacks - as in v0.0.4: onRead, onEnd and onClose of fd 0; onClose, onDrain and
   *   onError of others.
   * @throws {Error} with code and errno when it cannot be used.
   */
  constructor(fd = 0, ...callbacks) {
    if (!Number.isInteger(fd) || fd < 0) throw new RangeError(`TTY: ${fd} is no descriptor`);
    super();
    const rc = super.openFd(fd);
    if (rc < 0) throw uvError(rc, `open descriptor ${fd}`);
    ttyCallbacks(fd).forEach((name, i) => {
      if (callbacks[i] !== undefined) this[name](callbacks[i]);
    });
  }

  /**
   * Gives it its memory.
   * @param {Buffer|ArrayBuffer|TypedArray} buffer - for what is read and for what is to be written.
   * @param {number} [mode=UV_TTY_MODE_NORMAL] - of a terminal: UV_TTY_MODE_RAW gives each key at once.
   * @returns {number} 0, or a negative libuv error: UV_ENOTTY for a mode other than 0 without a terminal.
   */
  setup(buffer, mode = UV_TTY_MODE_NORMAL) {
    checkInteger('setup: mode', mode, UV_TTY_MODE_NORMAL, UV_TTY_MODE_IO);
    super.setBuffers(...views(buffer, buffer));
    const rc = super.setMode(mode);
    return mode === UV_TTY_MODE_NORMAL && rc === UV_ENOTTY ? 0 : rc;
  }

  /** Closes it when all that is queued has been written; onClose follows. Twice is harmless. */
  close() { super.close(true); }
}

export default { TTY, UV_EAGAIN, UV_EOF, UV_TTY_MODE_IO, UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW };
