// Memory that native code keeps across calls.
import { bytesOf } from './dv8_bytes.js';

/**
 * The bytes of `value`, as bytesOf gives them, for native code that keeps them.
 * @throws {TypeError} when it is no memory, or memory that could shrink.
 */
export function heldBytes(value, name) {
  const bytes = bytesOf(value, name);
  if (bytes.buffer.resizable) throw new TypeError(`${name} must not be a resizable ArrayBuffer`);
  return bytes;
}

/** Checks that `value` is a whole number within bounds; `what` begins the message. */
export function checkInteger(what, value, least, most) {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} ${value} is not a whole number from ${least} to ${most}`);
  }
}
