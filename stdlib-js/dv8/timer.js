/**
 * @module dv8:timer — libuv's timer.
 *
 * @example
 * import { Timer } from 'dv8:timer';
 * const timer = new Timer();
 * let count = 0;
 * timer.start(() => {
 *   console.log('tick', ++count); //> tick 1
 *   if (count === 2) timer.stop(); //> tick 2
 * }, 1, 1);
 */
import { LoopHandle, TIMER } from 'internal:dv8_loop';
import { checkCallback } from '../internal/dv8_callbacks.js';

function checkDelay(name, value) {
  if (!Number.isFinite(value) || value < 0 || value > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`start: ${name} ${value} is not a number of milliseconds from 0`);
  }
  return value;
}

/** A timer. It keeps the program going while it runs. */
export class Timer extends LoopHandle {
  constructor() { super(TIMER); }

  /**
   * Calls `fn()` after `ms` milliseconds and then, unless `repeat` is 0, every `repeat`; from anew when
   * it ran already.
   * @returns {number} 0, or UV_EBADF when it was closed.
   */
  start(fn, ms, repeat = 0) {
    if (typeof checkCallback('start', fn) !== 'function') throw new TypeError('start: a callback is needed');
    return super.start(fn, checkDelay('the delay', ms), checkDelay('the repeat', repeat));
  }

  /** Stops it; start() runs it again. @returns {number} 0, or UV_EBADF when it was closed. */
  stop() { return super.stop(); }

  /** Begins the repeat anew. @returns {number} 0, or a negative libuv error: UV_EINVAL when it was never started. */
  again() { return super.again(); }

  /** Gives it up. Twice is harmless. */
  close() { super.close(); }

  /** It does not keep the program going any more. */
  unref() { super.setRef(false); }
}

export default { Timer };
