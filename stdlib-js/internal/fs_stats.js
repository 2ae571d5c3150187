// Stats and Dirent of node:fs.
import * as native from 'internal:fs';

const { S_IFMT, S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFLNK, S_IFSOCK } = native;

class StatsBase {
  #is(type) { return (Number(this.mode) & S_IFMT) === type; }
  isDirectory() { return this.#is(S_IFDIR); }
  isFile() { return this.#is(S_IFREG); }
  isBlockDevice() { return this.#is(S_IFBLK); }
  isCharacterDevice() { return this.#is(S_IFCHR); }
  isSymbolicLink() { return this.#is(S_IFLNK); }
  isFIFO() { return this.#is(S_IFIFO); }
  isSocket() { return this.#is(S_IFSOCK); }
}

function dateGetter(name) {
  return {
    configurable: true,
    enumerable: true,
    get() {
      const date = new Date(Number(this[`${name}Ms`]));
      Object.defineProperty(this, name, { value: date, configurable: true, enumerable: true, writable: true });
      return date;
    },
    set(value) {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
    },
  };
}

/** What stat(2) says of a file; times in milliseconds since the epoch. */
export class Stats extends StatsBase {
  constructor(n) {
    super();
    this.dev = n[0];
    this.mode = n[1];
    this.nlink = n[2];
    this.uid = n[3];
    this.gid = n[4];
    this.rdev = n[5];
    this.blksize = n[6];
    this.ino = n[7];
    this.size = n[8];
    this.blocks = n[9];
    this.atimeMs = n[10] * 1e3 + n[11] / 1e6;
    this.mtimeMs = n[12] * 1e3 + n[13] / 1e6;
    this.ctimeMs = n[14] * 1e3 + n[15] / 1e6;
    this.birthtimeMs = n[16] * 1e3 + n[17] / 1e6;
  }
}

/** The same with BigInts, and times in nanoseconds as well. */
export class BigIntStats extends StatsBase {
  constructor(n) {
    super();
    const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks'];
    for (let i = 0; i < names.length; i++) this[names[i]] = BigInt(n[i]);
    const times = ['atime', 'mtime', 'ctime', 'birthtime'];
    for (let i = 0; i < times.length; i++) {
      this[`${times[i]}Ms`] = BigInt(n[10 + 2 * i]) * 1000n + BigInt(n[11 + 2 * i]) / 1000000n;
    }
    for (let i = 0; i < times.length; i++) {
      this[`${times[i]}Ns`] = BigInt(n[10 + 2 * i]) * 1000000000n + BigInt(n[11 + 2 * i]);
    }
  }
}

for (const type of [Stats, BigIntStats]) {
  for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
    Object.defineProperty(type.prototype, name, dateGetter(name));
  }
}

export function makeStats(numbers, bigint) {
  return bigint ? new BigIntStats(numbers) : new Stats(numbers);
}

/** An entry of a directory: its name and, when the system tells it, its type. */
export class Dirent {
  #type;
  constructor(name, type, parentPath) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }
  get path() { return this.parentPath; }
  isDirectory() { return this.#type === native.UV_DIRENT_DIR; }
  isFile() { return this.#type === native.UV_DIRENT_FILE; }
  isBlockDevice() { return this.#type === native.UV_DIRENT_BLOCK; }
  isCharacterDevice() { return this.#type === native.UV_DIRENT_CHAR; }
  isSymbolicLink() { return this.#type === native.UV_DIRENT_LINK; }
  isFIFO() { return this.#type === native.UV_DIRENT_FIFO; }
  isSocket() { return this.#type === native.UV_DIRENT_SOCKET; }
}

/** libuv's entry type from a Stats, for file systems that do not name it in readdir. */
export function direntType(stats) {
  if (stats.isDirectory()) return native.UV_DIRENT_DIR;
  if (stats.isFile()) return native.UV_DIRENT_FILE;
  if (stats.isSymbolicLink()) return native.UV_DIRENT_LINK;
  if (stats.isFIFO()) return native.UV_DIRENT_FIFO;
  if (stats.isSocket()) return native.UV_DIRENT_SOCKET;
  if (stats.isCharacterDevice()) return native.UV_DIRENT_CHAR;
  if (stats.isBlockDevice()) return native.UV_DIRENT_BLOCK;
  return native.UV_DIRENT_UNKNOWN;
}
