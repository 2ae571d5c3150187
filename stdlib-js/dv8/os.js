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
import { Process } from './process.js';
import { checkCallback } from '../internal/dv8_callbacks.js';

const EBADF = -9;
const SIGTERM = 15;

/** Watches signals. It keeps the program going while it watches one. */
export class OS {
  #watches = new Map();
  #fn;
  #closed = false;

  /**
   * Calls `fn(number)` at each signal `number`, and at those that it watches already in place of the function
   * before. When fn gives 1, the watch of that signal ends.
   * @param {number} [number=15] - SIGTERM by default.
   * @returns {number} 0, or a negative libuv error: UV_EINVAL for a signal that cannot be watched.
   */
  onSignal(fn, number = SIGTERM) {
    if (typeof checkCallback('onSignal', fn) !== 'function') throw new TypeError('onSignal: a callback is needed');
    if (!Number.isInteger(number) || number < 1 || number > 64) throw new RangeError(`onSignal: ${number} is no signal's number`);
    if (this.#closed) return EBADF;
    const known = this.#watches.get(number);
    const watch = known ?? new LoopHandle(SIGNAL);
    const rc = watch.start((received) => this.#fn(received), number, 0);
    if (rc === 0) {
      this.#watches.set(number, watch);
      this.#fn = fn;
    } else if (known === undefined) {
      watch.close();
    }
    return rc;
  }

  /** Does nothing for `seconds`; the loop waits too. */
  sleep(seconds) { new Process().sleep(seconds); }

  /** Ends the watches. Twice is harmless. */
  close() {
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
    this.#closed = true;
  }
}

export default { OS };
