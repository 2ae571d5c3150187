/**
 * @module dv8:os — signals.
 *
 * @example
 * import { OS } from 'dv8:os';
 * const os = new OS();
 * os.onSignal((number) => {
 *   console.log('signal', number); //> signal 10
 *   return 1; // Enough: the program may end.
 * }, 10);
 * process.kill(process.pid, 10);
 */
import { LoopHandle, SIGNAL } from 'internal:dv8_loop';
import { checkCallback } from '../internal/dv8_callbacks.js';

const SIGTERM = 15;

/** Watches one signal. It keeps the program going while it does. */
export class OS extends LoopHandle {
  constructor() { super(SIGNAL); }

  /**
   * Calls `fn(number)` at each signal `number`, in place of what it did before. When fn gives 1, the
   * watch ends.
   * @param {number} [number=15] - SIGTERM by default.
   * @returns {number} 0, or a negative libuv error: UV_EINVAL for a signal that cannot be watched.
   */
  onSignal(fn, number = SIGTERM) {
    if (typeof checkCallback('onSignal', fn) !== 'function') throw new TypeError('onSignal: a callback is needed');
    if (!Number.isInteger(number) || number < 1 || number > 64) throw new RangeError(`onSignal: ${number} is no signal's number`);
    return super.start(fn, number, 0);
  }

  /** Ends the watch. Twice is harmless. */
  close() { super.close(); }
}

export default { OS };
