// process.stdout and process.stderr: synchronous writers with the surface of a stream. A
// program that only prints never evaluates node:stream. Their state is read at first use.
import * as native from 'internal:stdio';
import { EventEmitter } from './event_emitter.js';
import { ERR_INVALID_ARG_TYPE, ERR_STREAM_DESTROYED, ERR_STREAM_NULL_VALUES, ERR_STREAM_WRITE_AFTER_END,
         errnoException } from './errors.js';
import { nextTick } from './tick.js';

// Tells `writer` when its terminal changes its size.
function watchSize(writer) {
  let size = native.windowSize(writer.fd);
  process.on('SIGWINCH', () => {
    const now = native.windowSize(writer.fd);
    if (now === size) return;
    size = now;
    writer.emit('resize');
  });
}

/** A writable over a descriptor that stays open. */
export class SyncWriter extends EventEmitter {
  constructor(fd) {
    super();
    this.fd = fd;
    this._ended = false;
    this._destroyed = false;
    this._corked = 0;
    this._failed = false; // A failed write has been reported.
    this._type = undefined;
    this._watchesSize = false;
  }

  on(name, listener) {
    if (name === 'resize' && !this._watchesSize && this.isTTY) {
      this._watchesSize = true;
      watchSize(this);
    }
    return super.on(name, listener);
  }

  addListener(name, listener) { return this.on(name, listener); }

  get writable() { return !this._ended && !this._destroyed; }
  get writableEnded() { return this._ended; }
  get writableFinished() { return this._ended; }
  get writableLength() { return 0; }
  get writableHighWaterMark() { return 16384; }
  get writableNeedDrain() { return false; }
  get writableObjectMode() { return false; }
  get writableCorked() { return this._corked; }
  get destroyed() { return this._destroyed; }
  get closed() { return this._destroyed; }
  get errored() { return null; }
  get _isStdio() { return true; }
  /** True on a terminal, otherwise undefined, as in Node. */
  get isTTY() { return native.isTty(this.fd) || undefined; }
  get columns() { return this.isTTY && Math.floor(native.windowSize(this.fd) / 65536); }
  get rows() { return this.isTTY && native.windowSize(this.fd) % 65536; }

  /** Writes all of `chunk` before it returns. Always true: nothing is buffered. */
  write(chunk, encoding, callback) {
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = undefined;
    }
    if (typeof chunk !== 'string') {
      if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
      if (!ArrayBuffer.isView(chunk)) {
        throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
      }
    } else if (encoding !== undefined && encoding !== null && encoding !== 'utf8' && encoding !== 'utf-8') {
      chunk = require('./encodings.js').bytesIn(chunk, encoding);
    }
    if (this._ended || this._destroyed) {
      const error = this._ended ? new ERR_STREAM_WRITE_AFTER_END() : new ERR_STREAM_DESTROYED('write');
      this._fail(error, callback);
      return false;
    }
    const result = native.write(this.fd, chunk);
    if (result < 0) {
      this._fail(result, callback);
      return false;
    }
    if (callback) nextTick(callback, null);
    return true;
  }

  /**
   * What console prints. As in Node, its failure is nobody's business, but an 'error' when writes have failed
   * before: a program that prints without end then ends.
   */
  printQuietly(text) {
    if (this.write !== SyncWriter.prototype.write || this.listenerCount('error') > 0) {
      this.write(text);
    } else if (this.writable) {
      const result = native.write(this.fd, text);
      if (result < 0) this._fail(result, undefined, !this._failed);
    }
  }

  _fail(result, callback, quietly = false) {
    const error = typeof result === 'number' ? errnoException(result, 'write') : result;
    nextTick(() => {
      this._failed = true;
      callback?.(error);
      if (!quietly) this.emit('error', error);
    });
  }

  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') [callback, chunk] = [chunk, undefined];
    else if (typeof encoding === 'function') [callback, encoding] = [encoding, undefined];
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    if (!this._ended) {
      this._ended = true;
      nextTick(() => this.emit('finish'));
    }
    if (callback) nextTick(callback);
    return this;
  }

  cork() { this._corked++; }
  uncork() { if (this._corked > 0) this._corked--; }
  setDefaultEncoding() { return this; }
  destroySoon() { return this.destroy(); }

  destroy(error, callback) {
    if (!this._destroyed) {
      this._destroyed = true;
      nextTick(() => {
        if (error) this.emit('error', error);
        this.emit('close');
        callback?.(error ?? null);
      });
    }
    return this;
  }

  [Symbol.asyncDispose]() {
    this.destroy();
    return Promise.resolve();
  }

  /** [columns, rows] of the terminal. */
  getWindowSize() {
    const size = native.windowSize(this.fd);
    return [Math.floor(size / 65536), size % 65536];
  }

  getColorDepth(env) { return require('./color_depth.js').getColorDepth(env); }
  hasColors(count, env) {
    if (typeof count === 'object') [env, count] = [count, undefined];
    return (count ?? 16) <= 2 ** this.getColorDepth(env);
  }

  clearLine(direction, callback) {
    return this.write(`\x1b[${direction < 0 ? '1' : direction > 0 ? '0' : '2'}K`, callback);
  }

  clearScreenDown(callback) { return this.write('\x1b[0J', callback); }
  cursorTo(x, y, callback) {
    if (typeof y === 'function') [callback, y] = [y, undefined];
    return this.write(typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`, callback);
  }

  moveCursor(dx, dy, callback) {
    let text = '';
    if (dx < 0) text += `\x1b[${-dx}D`;
    else if (dx > 0) text += `\x1b[${dx}C`;
    if (dy < 0) text += `\x1b[${-dy}A`;
    else if (dy > 0) text += `\x1b[${dy}B`;
    return this.write(text, callback);
  }

  ref() { return this; }
  unref() { return this; }
  pipe() {
    this.emit('error', errnoException(-22, 'read'));
  }
}
