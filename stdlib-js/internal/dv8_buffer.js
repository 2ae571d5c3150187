// dv8's own Buffer: a block of memory and text in it. node:buffer's Buffer is another class.
import * as native from 'internal:buffer';
import { bytesOf, checkRange, memory } from './dv8_bytes.js';

const UTF8 = 0;
const MAX = 2 ** 32;

function sizeOf(buffer) { return buffer[memory]?.byteLength ?? 0; }

function checkSize(size) {
  if (!Number.isInteger(size) || size < 0 || size > MAX) {
    throw new RangeError(`alloc: size ${size} is not a whole number of bytes from 0 to ${MAX}`);
  }
}

// `bytes` and `size` are the program's to set, as in dv8, where its own runtime did so. What it sets
// changes nothing of the memory that the other methods work on.
function own(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** A block of memory outside the JavaScript heap. Everything counts in bytes; text is UTF-8. */
export class Buffer {
  [memory] = undefined;

  /** A Buffer that has `size` zero bytes. */
  static alloc(size) {
    const buffer = new Buffer();
    buffer.alloc(size);
    return buffer;
  }

  /** A Buffer with just `text` in it. */
  static fromString(text) {
    const bytes = native.encode(`${text}`, UTF8);
    const buffer = new Buffer();
    buffer[memory] = bytes.buffer ?? bytes;
    return buffer;
  }

  /** The memory; undefined before alloc and after free. It may be set to anything, which moves no memory. */
  get bytes() { return this[memory]; }
  set bytes(value) { own(this, 'bytes', value); }

  /** Its size; 0 when there is none. It may be set, which changes no memory. */
  get size() { return this[memory]?.byteLength ?? 0; }
  set size(value) { own(this, 'size', value); }

  /**
   * Gives it `size` zero bytes, in place of what it had; without `size`, what it has.
   * @returns {ArrayBuffer} the same as .bytes.
   * @throws {RangeError} when size is no count of bytes.
   */
  alloc(size) {
    if (size === undefined) return this[memory];
    checkSize(size);
    this[memory] = new ArrayBuffer(size);
    return this[memory];
  }

  /**
   * The text in `length` bytes at `offset`.
   * @throws {RangeError} when they are not all inside.
   */
  read(offset = 0, length = sizeOf(this) - offset) {
    checkRange('read', offset, length, sizeOf(this));
    return length === 0 ? '' : native.decode(new Uint8Array(this[memory]), offset, offset + length, UTF8);
  }

  /**
   * Writes `text` at `offset`.
   * @returns {number} characters (UTF-16 units) written: all of them.
   * @throws {RangeError} when its bytes do not all fit; nothing is written then.
   */
  write(text, offset = 0) {
    text = `${text}`;
    const bytes = new Uint8Array(native.encode(text, UTF8));
    checkRange('write', offset, bytes.length, sizeOf(this));
    if (bytes.length > 0) new Uint8Array(this[memory]).set(bytes, offset);
    return text.length;
  }

  /**
   * Copies the first `length` bytes into `target`.
   * @returns {number} length.
   * @throws {RangeError} when either is shorter.
   */
  copy(target, length = sizeOf(this)) {
    const to = bytesOf(target, 'target');
    checkRange('copy', 0, length, sizeOf(this));
    checkRange('copy to the target', 0, length, to.length);
    if (length > 0) to.set(new Uint8Array(this[memory], 0, length));
    return length;
  }

  /** As read(), in v0.0.4. */
  pull(offset, length) { return this.read(offset, length); }

  /** As write(), in v0.0.4. @returns {number} bytes written. */
  push(text, offset = 0) {
    const bytes = new Uint8Array(native.encode(`${text}`, UTF8));
    checkRange('push', offset, bytes.length, sizeOf(this));
    if (bytes.length > 0) new Uint8Array(this[memory]).set(bytes, offset);
    return bytes.length;
  }

  /** Gives the memory up. Harmless when there is none. */
  free() { this[memory] = undefined; }
}
// A bundler may have renamed it.
Object.defineProperty(Buffer, 'name', { value: 'Buffer' });

/**
 * What programs for dv8 use of a Buffer, on Node's: `bytes`, `size`, `read`, `pull`, `push`, `free`, `alloc`
 * and `Buffer.fromString`. `write` and `copy` stay Node's.
 */
export function mixInto(NodeBuffer) {
  if (Object.hasOwn(NodeBuffer, 'fromString')) return;
  const { prototype } = NodeBuffer;
  const define = (target, properties) => {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(properties))) {
      Object.defineProperty(target, name, { ...descriptor, enumerable: false });
    }
  };
  define(NodeBuffer, {
    // A block of its own: text that Node's Buffers hold lies in one that they share.
    fromString(text) {
      const bytes = new Uint8Array(native.encode(`${text}`, UTF8));
      return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  });
  define(prototype, {
    get bytes() {
      if (this.byteLength === this.buffer.byteLength) return this.buffer;
      throw new TypeError('bytes: this Buffer is a part of a larger block; Buffer.alloc gives a whole one');
    },
    set bytes(value) { own(this, 'bytes', value); },
    get size() { return this.byteLength; },
    set size(value) { own(this, 'size', value); },
    read(offset = 0, length = this.length - offset) {
      checkRange('read', offset, length, this.length);
      return this.toString('utf8', offset, offset + length);
    },
    pull(offset, length) { return this.read(offset, length); },
    push(text, offset = 0) {
      const bytes = new Uint8Array(native.encode(`${text}`, UTF8));
      checkRange('push', offset, bytes.length, this.length);
      this.set(bytes, offset);
      return bytes.length;
    },
    alloc(size) {
      if (size !== undefined) throw new TypeError('alloc: this Buffer has its memory; new Buffer().alloc(size) makes one');
      return this.bytes;
    },
    free() {},
  });
}
