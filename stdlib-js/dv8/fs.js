/**
 * @module dv8:fs — files, by calls that wait and give what the system gives: a negative number is an
 * error's.
 *
 * @example
 * import { File, FileSystem, O_CREAT, O_RDWR, O_TRUNC } from 'dv8:fs';
 * const memory = new Uint8Array(16);
 * const path = '/tmp/dv8-fs-example.' + process.pid;
 * const file = new File();
 * file.setup(memory, memory);
 * const fd = file.open(path, O_CREAT | O_RDWR | O_TRUNC);
 * memory.set([104, 105]);
 * console.log(file.write(2), file.read(16), file.read(16, 2)); //> 2 2 0
 * const stat = new BigInt64Array(13);
 * console.log(FileSystem.fstat(fd, stat), stat[7]); //> 0 2n
 * console.log(file.close(), FileSystem.unlink(path), FileSystem.unlink(path)); //> 0 0 -2
 */
import * as native from 'internal:dv8_system';
import {
  O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY,
} from 'internal:dv8_system';
import { bytesOf, checkRange } from '../internal/dv8_bytes.js';
import { checkCounts } from '../internal/dv8_callbacks.js';
import { isRestored } from '../internal/restore.js';

/** Flags of open(). */
export { O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY };

const EBADF = -9;
const EISDIR = -21;
const EINVAL = -22;
const ESPIPE = -29;
const STAT = 13;
const COPY_BLOCK = 1 << 30;
const COPY_BUFFER = 1 << 16;
// Of the mode that fstat gives (inode(7)).
const S_IFMT = 0o170000n;
const S_IFDIR = 0o040000n;
const S_IFREG = 0o100000n;
const MOST_INT = 2 ** 31 - 1;
const FILE_MODE = 0o666;
const FOLDER_MODE = 0o777;

function checkFd(what, fd) {
  if (!Number.isInteger(fd) || fd < 0 || fd > MOST_INT) throw new RangeError(`${what}: ${fd} is no descriptor`);
  return fd;
}

function checkPlace(what, place) {
  if (place !== -1 && !(Number.isSafeInteger(place) && place >= 0)) throw new RangeError(`${what}: ${place} is no place in a file`);
  return place;
}

function checkBits(what, name, bits, most) {
  if (!Number.isInteger(bits) || bits < 0 || bits > most) throw new RangeError(`${what}: ${name} ${bits} is not a whole number from 0 to ${most}`);
  return bits;
}

function checkPath(what, path) {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw new TypeError(`${what}: the path must be a string without NUL`);
  return path;
}

/**
 * One open file. The descriptor of a File that is dropped is closed when the collector finds it: who
 * uses the descriptor keeps the File.
 */
export class File {
  #fd = -1;
  #owner;
  #in = new Uint8Array(0);
  #out = new Uint8Array(0);

  /** Gives it its memory: for what is read, and for what is to be written. @returns {number} 0 */
  setup(input, output = input) {
    this.#in = bytesOf(input, 'setup: the read buffer');
    this.#out = bytesOf(output, 'setup: the write buffer');
    return 0;
  }

  /**
   * Opens a file; a new one has mode 0666 less the umask. What it had open is closed.
   * @returns {number} the descriptor, or a negative error number.
   */
  open(path, flags = O_RDONLY) {
    checkPath('open', path);
    checkBits('open', 'flags', flags, MOST_INT);
    this.close();
    const fd = native.open(path, flags, FILE_MODE);
    if (fd >= 0) {
      this.#fd = fd;
      // What is left open while a snapshot is made is refused.
      if (isRestored()) this.#owner = new native.Descriptor(fd);
    }
    return fd;
  }

  /**
   * Reads to the start of the read buffer.
   * @param {number} length - bytes at most.
   * @param {number} [place=0] - where in the file; -1: where the last call with -1 ended, as in what has no places.
   * @returns {number} bytes, 0 at the end, or a negative error number.
   * @throws {RangeError} when the buffer is shorter.
   */
  read(length, place = undefined) {
    checkRange('read', 0, length, this.#in.length);
    return this.#at('read', this.#in.subarray(0, length), place);
  }

  /**
   * Writes from the start of the write buffer.
   * @param {number} [place=0] - as in read(). A file opened with O_APPEND is written at its end.
   * @returns {number} bytes, or a negative error number.
   * @throws {RangeError} when the buffer is shorter.
   */
  write(length, place = undefined) {
    checkRange('write', 0, length, this.#out.length);
    return this.#at('write', this.#out.subarray(0, length), place);
  }

  // Pipes and the like have no places.
  #at(what, bytes, place) {
    if (place !== undefined) return native[what](this.#fd, bytes, checkPlace(what, place));
    const rc = native[what](this.#fd, bytes, 0);
    return rc === ESPIPE ? native[what](this.#fd, bytes, -1) : rc;
  }

  /** @returns {number} 0, or a negative error number: EBADF when it is not open. */
  close() {
    if (this.#fd < 0) return EBADF;
    const fd = this.#fd;
    this.#fd = -1;
    this.#owner?.release();
    this.#owner = undefined;
    return native.close(fd);
  }
}

/** Copies by reads and writes what the system cannot send: files of /proc, for one. */
function copyBlocks(target, source) {
  const block = new Uint8Array(COPY_BUFFER);
  let copied = 0;
  for (;;) {
    const length = native.read(source, block, -1);
    if (length <= 0) return length < 0 ? length : copied;
    for (let at = 0; at < length;) {
      const written = native.write(target, block.subarray(at, length), -1);
      if (written < 0) return written;
      at += written;
    }
    copied += length;
  }
}

function sendAll(target, source) {
  let copied = 0;
  for (;;) {
    const sent = native.sendfile(target, source, -1, COPY_BLOCK);
    if (sent === EINVAL && copied === 0) return copyBlocks(target, source);
    if (sent <= 0) return sent < 0 ? sent : copied;
    copied += sent;
  }
}

function copyTo(source, to) {
  const one = new BigInt64Array(STAT);
  let result = native.fstat(source, one);
  if (result < 0) return result;
  if ((one[1] & S_IFMT) === S_IFDIR) return EISDIR;
  // It is cut when it is known to be another file.
  const target = native.open(to, O_WRONLY | O_CREAT, FILE_MODE);
  if (target < 0) return target;
  const other = new BigInt64Array(STAT);
  result = native.fstat(target, other);
  if (result === 0 && one[0] === other[0] && one[6] === other[6]) result = EINVAL;
  if (result === 0 && (other[1] & S_IFMT) === S_IFREG) result = native.ftruncate(target, 0);
  if (result === 0) result = sendAll(target, source);
  const closed = native.close(target);
  return result >= 0 && closed < 0 ? closed : result;
}

/** Calls on paths and descriptors, of the class or of an instance. Each gives 0 unless it says otherwise, or a negative error number. */
export class FileSystem {
  /** Removes a file. */
  static unlink(path) { return native.unlink(checkPath('unlink', path)); }

  /** Makes a folder. */
  static mkdir(path, mode = FOLDER_MODE) { return native.mkdir(checkPath('mkdir', path), checkBits('mkdir', 'mode', mode, 0o7777)); }

  /** Gives a file another name; what had it is replaced. */
  static rename(from, to) { return native.rename(checkPath('rename', from), checkPath('rename', to)); }

  /** Waits until a file's bytes are on the disk. */
  static fsync(fd) { return native.fsync(checkFd('fsync', fd)); }

  /** Cuts a file to `length` bytes, or fills it up with zeros. */
  static ftruncate(fd, length = 0) { return native.ftruncate(checkFd('ftruncate', fd), checkPlace('ftruncate', length)); }

  /**
   * Fills a BigInt64Array of 13 or more: device, mode, links, user, group, device of a device file,
   * inode, size in bytes, block size, blocks of 512 bytes, and nanoseconds since 1970 of the last
   * access, change of bytes, and change of these.
   */
  static fstat(fd, counts) {
    checkCounts('fstat: the array', counts, STAT, BigInt64Array);
    return native.fstat(checkFd('fstat', fd), counts);
  }

  /**
   * Copies a file's bytes to a new file, or over one that is there.
   * @returns {number} bytes, or a negative error number: EISDIR for a folder, EINVAL when both are one
   *   file, which stays as it is.
   */
  static copy(from, to) {
    checkPath('copy', to);
    const source = native.open(checkPath('copy', from), O_RDONLY, 0);
    if (source < 0) return source;
    const result = copyTo(source, to);
    native.close(source);
    return result;
  }

  /**
   * Sends a part of a file to a socket, pipe or file, without a copy in the program.
   * @param {number} [place=-1] - where in the file; -1: where its descriptor is.
   * @returns {number} bytes sent: fewer when the other side is slow, or a negative error number.
   */
  static sendfile(out, file, length, place = -1) {
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`sendfile: ${length} is no count of bytes`);
    return native.sendfile(checkFd('sendfile', out), checkFd('sendfile', file), checkPlace('sendfile', place), length);
  }
}
for (const name of Object.getOwnPropertyNames(FileSystem)) {
  if (typeof FileSystem[name] === 'function') FileSystem.prototype[name] = FileSystem[name];
}

export default {
  File, FileSystem, O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_SYNC,
  O_TRUNC, O_WRONLY,
};
