// process.stdin and tty.ReadStream: Readables over a descriptor that a native reader watches. Evaluated
// at the first use.
import { FdReader } from 'internal:fd_reader';
import { isTty } from 'internal:stdio';
import stream from '../node_old/stream.js';
import { Buffer } from '../node_old/buffer.js';
import { errnoException } from './errors.js';
import { checkTerminal } from './stdio.js';

const { Readable } = stream;
const STDIN = 0;
const EOF_ON_CLOSED = -9; // EBADF: standard input was closed before the start.

class FdStream extends Readable {
  #reader = null;
  constructor(fd, options) {
    super({ highWaterMark: 65536, ...options, autoDestroy: false });
    this.fd = fd;
    // A paused stream must neither keep the process alive nor take what another program is to read. What
    // the stream has asked for before it noticed the pause is asked for again when it goes on.
    this.on('pause', () => {
      process.nextTick(() => {
        if (this.#reader === null || this.readableFlowing) return;
        this._readableState.reading = false;
        this.#reader.stop();
      });
    });
  }

  _reader() { return this.#reader ??= new FdReader(this.fd, (chunk) => this.#received(chunk)); }

  _read() {
    const result = this._reader().start();
    if (result === EOF_ON_CLOSED) this.push(null);
    else if (result < 0) this.destroy(errnoException(result, 'read'));
  }

  #received(chunk) {
    if (typeof chunk === 'number') {
      if (chunk === EOF_ON_CLOSED) this.push(null);
      else this.destroy(errnoException(chunk, 'read'));
    } else if (chunk === null) {
      this.#close();
      this.push(null);
    } else if (!this.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
      this.#reader?.stop();
    }
  }

  #close() {
    this.#reader?.close();
    this.#reader = null;
  }

  _destroy(error, callback) {
    this.#close();
    callback(error);
  }

  ref() {
    this.#reader?.setRef(true);
    return this;
  }

  unref() {
    this.#reader?.setRef(false);
    return this;
  }
}

/** A terminal's input. It reads nothing ahead: a child that is started next gets the keys that follow. */
export class ReadStream extends FdStream {
  constructor(fd, options) {
    checkTerminal(fd);
    super(fd, { highWaterMark: 0, ...options });
    this.isTTY = true;
    this.isRaw = false;
  }

  /** In raw mode each key comes as it is typed, Ctrl-C too, and nothing is echoed. */
  setRawMode(mode) {
    const result = this._reader().setRawMode(!!mode);
    if (result < 0) this.emit('error', errnoException(result, 'setRawMode'));
    else this.isRaw = !!mode;
    return this;
  }
}

/** process.stdin. */
export function makeStdin() { return isTty(STDIN) ? new ReadStream(STDIN) : new FdStream(STDIN); }
