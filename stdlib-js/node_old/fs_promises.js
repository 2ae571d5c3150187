// node:fs/promises.
import * as native from 'internal:fs';
import { Buffer } from './buffer.js';
import * as async from '../internal/fs_async.js';
import { Dir } from '../internal/fs_dir.js';
import { readStream, writeStream } from '../internal/fs_stream_classes.js';

/** An open file. Closes itself with `await using`. */
class FileHandle {
  constructor(fd) { this.fd = fd; }
  appendFile(data, options) { return async.appendFile(this, data, options); }
  chmod(mode) { return async.fchmod(this.fd, mode); }
  chown(uid, gid) { return async.fchown(this.fd, uid, gid); }
  async close() {
    if (this.fd < 0) return;
    const { fd } = this;
    this.fd = -1;
    await async.close(fd);
  }
  createReadStream(options) {
    const ReadStream = readStream();
    return new ReadStream(undefined, { ...options, fd: this.fd });
  }
  createWriteStream(options) {
    const WriteStream = writeStream();
    return new WriteStream(undefined, { ...options, fd: this.fd });
  }
  datasync() { return async.fdatasync(this.fd); }
  async read(buffer, offset, length, position) {
    if (buffer !== null && typeof buffer === 'object' && !ArrayBuffer.isView(buffer)) {
      ({ buffer = Buffer.alloc(16384), offset, length, position } = buffer);
    }
    buffer ??= Buffer.alloc(16384);
    if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
    length ??= buffer.byteLength - (offset ?? 0);
    return { bytesRead: await async.read(this.fd, buffer, offset, length, position), buffer };
  }
  readFile(options) { return async.readFile(this, options); }
  async readv(buffers, position) { return { bytesRead: await async.readv(this.fd, buffers, position), buffers }; }
  stat(options) { return async.fstat(this.fd, options); }
  sync() { return async.fsync(this.fd); }
  truncate(length) { return async.ftruncate(this.fd, length); }
  utimes(atime, mtime) { return async.futimes(this.fd, atime, mtime); }
  async write(buffer, offset, length, position) {
    if (typeof offset === 'object') ({ offset, length, position } = offset ?? {});
    return { bytesWritten: await async.write(this.fd, buffer, offset, length, position), buffer };
  }
  writeFile(data, options) { return async.writeFile(this, data, options); }
  async writev(buffers, position) {
    return { bytesWritten: await async.writev(this.fd, buffers, position), buffers };
  }
  async* readLines() {
    let rest = '';
    const decoder = new (require('../web/encoding.js').TextDecoder)();
    const chunk = Buffer.alloc(65536);
    for (let got; (got = await async.read(this.fd, chunk, 0, chunk.length, null)) > 0;) {
      const lines = (rest + decoder.decode(chunk.subarray(0, got), { stream: true })).split(/\r?\n/);
      rest = lines.pop();
      yield* lines;
    }
    if (rest !== '') yield rest;
  }
  [Symbol.asyncDispose]() { return this.close(); }
}

const {
  access, appendFile, chmod, chown, copyFile, cp, lchown, link, lstat, lutimes, mkdir, mkdtemp, readFile, readdir,
  readlink, realpath, rename, rm, rmdir, stat, statfs, symlink, truncate, unlink, utimes, writeFile,
} = async;

export async function open(path, flags, mode) { return new FileHandle(await async.open(path, flags, mode)); }
export async function opendir(path, options) {
  return new Dir(path, await async.readdir(path, { ...options, withFileTypes: true }));
}

/** {eventType, filename} of each change, for `for await`. */
export function watch(path, options) { return require('../internal/fs_watch.js').watchIterator(path, options); }

export default {
  access, appendFile, chmod, chown, copyFile, cp, lchown, link, lstat, lutimes, mkdir, mkdtemp, open, opendir,
  readFile, readdir, readlink, realpath, rename, rm, rmdir, stat, statfs, symlink, truncate, unlink, utimes, watch, writeFile,
  constants: Object.fromEntries(Object.entries(native).filter(([, value]) => typeof value === 'number')),
};
