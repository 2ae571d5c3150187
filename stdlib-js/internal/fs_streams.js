// fs.ReadStream and fs.WriteStream over node:stream. Evaluated when the first is made.
import { Buffer } from '../node_old/buffer.js';
import stream from '../node_old/stream.js';
import * as async from './fs_async.js';
import { toFd, toOptions, toPath } from './fs_arguments.js';
import { ERR_OUT_OF_RANGE } from './errors.js';
import { validateInteger } from './validators.js';

const { Readable, Writable } = stream;

// Both classes are functions: old packages call them without `new`, on objects of their own (graceful-fs).

function settle(promise, callback) { promise.then((value) => callback(null, value), callback); }

/** Opens a stream's file and emits 'open' and 'ready'. */
function openFile(self, callback) {
  settle(async.open(self.path, self.flags, self.mode), (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    self.fd = fd;
    callback();
    self.emit('open', fd);
    self.emit('ready');
  });
}

/** The old way, which packages replace; the streams themselves do not call it. */
function open() {
  openFile(this, (error) => { if (error) this.destroy(error); });
}

/** Opens in _construct, as Node's streams do; a replaced open() says by its events how it went. */
function construct(self, callback) {
  if (typeof self.fd === 'number') {
    callback();
    return;
  }
  if (self.open === open) {
    openFile(self, callback);
    return;
  }
  const { emit } = self;
  self.emit = function (event, ...args) {
    if (event === 'open') {
      self.emit = emit;
      callback();
      return Reflect.apply(emit, self, [event, ...args]);
    }
    if (event === 'error') {
      self.emit = emit;
      callback(args[0]);
      return false;
    }
    return Reflect.apply(emit, self, [event, ...args]);
  };
  self.open();
}

/**
 * {path, fd} from a stream's arguments, all of which are checked before the base class queues the opening:
 * what throws here has started nothing.
 */
function check(path, { fd, start, end }) {
  const open = fd !== null && typeof fd === 'object' ? fd.fd : fd;
  if (open === undefined || open === null) path = toPath(path);
  else toFd(open);
  if (start !== undefined) validateInteger(start, 'start', 0);
  if (end !== undefined && end !== Infinity) {
    validateInteger(end, 'end', 0);
    if (start !== undefined && start > end) throw new ERR_OUT_OF_RANGE('start', `<= "end" (here: ${end})`, start);
  }
  return { path, fd: open ?? null };
}

/** Makes the function `Class` a class below `Base`, with these members. */
function inherit(Class, Base, members) {
  Object.setPrototypeOf(Class, Base);
  Object.setPrototypeOf(Class.prototype, Base.prototype);
  Object.defineProperties(Class.prototype, Object.getOwnPropertyDescriptors(members));
}

function destroy(self, error, callback) {
  if (typeof self.fd !== 'number' || !self.autoClose) {
    callback(error);
    return;
  }
  const { fd } = self;
  self.fd = null;
  settle(async.close(fd), (closeError) => callback(error ?? closeError));
}

export function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = toOptions(options, { autoClose: true, highWaterMark: 65536 });
  const checked = check(path, options);
  Readable.call(this, { ...options, autoDestroy: options.autoClose });
  Object.assign(this, checked);
  this.flags = options.flags ?? 'r';
  this.mode = options.mode ?? 0o666;
  this.start = options.start;
  this.end = options.end ?? Infinity;
  this.pos = options.start;
  this.bytesRead = 0;
  this.autoClose = options.autoClose;
  if (options.encoding) this.setEncoding(options.encoding);
}
inherit(ReadStream, Readable, {
  get pending() { return this.fd === null; },
  open,
  _construct(callback) { construct(this, callback); },
  _read(size) {
    if (this.end !== Infinity) size = Math.min(size, this.end - (this.pos ?? this.bytesRead) + 1);
    if (size <= 0) {
      this.push(null);
      return;
    }
    const buffer = Buffer.allocUnsafeSlow(size);
    settle(async.read(this.fd, buffer, 0, size, this.pos), (error, got) => {
      if (error) {
        this.destroy(error);
        return;
      }
      this.bytesRead += got;
      if (this.pos !== undefined) this.pos += got;
      this.push(got === 0 ? null : buffer.subarray(0, got));
    });
  },
  _destroy(error, callback) { destroy(this, error, callback); },
  close(callback) {
    if (callback) this.once('close', callback);
    this.destroy();
  },
});

async function writeAll(self, chunk) {
  let offset = 0;
  while (offset < chunk.length) {
    const written = await async.write(self.fd, chunk, offset, Math.min(chunk.length - offset, async.MOST_AT_ONCE), self.pos);
    offset += written;
    self.bytesWritten += written;
    if (self.pos !== undefined) self.pos += written;
  }
}

export function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = toOptions(options, { autoClose: true });
  const checked = check(path, { ...options, end: undefined });
  Writable.call(this, { ...options, decodeStrings: true, autoDestroy: options.autoClose });
  Object.assign(this, checked);
  this.flags = options.flags ?? (options.start === undefined ? 'w' : 'r+');
  this.mode = options.mode ?? 0o666;
  this.start = options.start;
  this.pos = options.start;
  this.bytesWritten = 0;
  this.autoClose = options.autoClose;
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
inherit(WriteStream, Writable, {
  get pending() { return this.fd === null; },
  open,
  _construct(callback) { construct(this, callback); },
  _write(chunk, encoding, callback) { writeAll(this, chunk).then(() => callback(), callback); },
  _destroy(error, callback) { destroy(this, error, callback); },
  close(callback) {
    if (callback) {
      if (this.closed) {
        queueMicrotask(callback);
        return;
      }
      this.once('close', callback);
    }
    if (this.writableEnded || this.destroyed) this.destroy();
    else this.end();
  },
});
