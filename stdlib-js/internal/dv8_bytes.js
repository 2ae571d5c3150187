// What the dv8:* modules take for memory, and how they check lengths and offsets in it.

/** The memory that belongs to a dv8 Buffer, set by internal/dv8_buffer.js. */
export const memory = Symbol('dv8 memory');

/**
 * The bytes of `value`: a dv8 Buffer that has memory, an ArrayBuffer or SharedArrayBuffer, or a
 * view of one. No copy: writes go to the same memory.
 * @param {string} name - what the message calls the argument.
 * @returns {Uint8Array}
 * @throws {TypeError} when it is none of these.
 */
export function bytesOf(value, name) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (value?.[memory] !== undefined) return new Uint8Array(value[memory]);
  // What has `bytes` stands for them.
  const bytes = value?.bytes;
  if (bytes instanceof ArrayBuffer || bytes instanceof SharedArrayBuffer || ArrayBuffer.isView(bytes)) return bytesOf(bytes, name);
  throw new TypeError(`${name} must be a Buffer with memory, an ArrayBuffer or a typed array`);
}

/**
 * Checks that `length` bytes at `offset` lie within `size` bytes.
 * @param {string} what - the call, for the message.
 * @throws {RangeError} with the numbers.
 */
export function checkRange(what, offset, length, size) {
  if (!Number.isInteger(length) || !Number.isInteger(offset)) {
    throw new RangeError(`${what}: length ${length} and offset ${offset} must be whole numbers of bytes`);
  }
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new RangeError(`${what}: length ${length} at offset ${offset} is outside the buffer of ${size} bytes`);
  }
}
