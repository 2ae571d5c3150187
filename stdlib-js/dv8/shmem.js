/**
 * @module dv8:shmem — POSIX shared memory (shm_overview(7)) as a SharedArrayBuffer: processes that open
 * the same name see the same bytes. Atomics work on it; Atomics.wait and notify do within one process.
 *
 * @example
 * import { SharedMemory } from 'dv8:shmem';
 * const name = '/dv8-shmem-example.' + process.pid;
 * const one = new SharedMemory(name, 4096);
 * const other = new SharedMemory(name);
 * Atomics.add(new Int32Array(one.bytes), 0, 42);
 * console.log(Atomics.load(new Int32Array(other.bytes), 0), other.size); //> 42 4096
 * console.log(SharedMemory.unlink(name), SharedMemory.unlink(name)); //> 0 -2
 */
import * as native from 'internal:dv8_system';
import { errorText } from 'internal:dv8_stream';
import { O_CREAT, O_EXCL, O_RDWR } from 'internal:dv8_system';

const MOST = 2 ** 47;

function checkName(name) {
  if (typeof name !== 'string' || !/^\/[^/\0]{1,250}$/.test(name)) {
    throw new TypeError(`SharedMemory: the name must be a slash and 1 to 250 other characters, not ${JSON.stringify(name)}`);
  }
  return name;
}

/** A piece of memory that processes share. It stays mapped while its buffer is in use. */
export class SharedMemory {
  #bytes;

  /**
   * @param {string} name - "/name".
   * @param {number} [size] - bytes: it is made when it is not there, filled with zeros, and enlarged when
   *   it is smaller; it never shrinks. Without a size it must be there.
   * @param {boolean} [exclusive=false] - it must not be there.
   * @throws {Error} with code and errno: ENOENT, EEXIST, EACCES, ENOSPC when the system has no room.
   */
  constructor(name, size, exclusive = false) {
    checkName(name);
    if (size !== undefined && !(Number.isInteger(size) && size > 0 && size < MOST)) throw new RangeError(`SharedMemory: size ${size} is not a whole number of bytes from 1 to ${MOST - 1}`);
    const result = native.memoryOpen(name, O_RDWR | (size === undefined ? 0 : O_CREAT) | (exclusive ? O_EXCL : 0), size ?? 0);
    if (typeof result === 'number') {
      const message = errorText(result);
      throw Object.assign(new Error(`${message}, shm_open '${name}'`), { code: message.slice(0, message.indexOf(':')), errno: result, syscall: 'shm_open', path: name });
    }
    this.#bytes = result;
  }

  /** The memory: a SharedArrayBuffer. */
  get bytes() { return this.#bytes; }

  /** Its size in bytes. */
  get size() { return this.#bytes.byteLength; }

  /** Takes the name away; the memory goes when nobody uses it. @returns {number} 0, or a negative error number. */
  static unlink(name) { return native.memoryUnlink(checkName(name)); }
}

export default { SharedMemory };
