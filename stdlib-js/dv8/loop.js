/**
 * @module dv8:loop — libuv's event loop. A program need not run it: it runs after the last line.
 *
 * @example
 * import { EventLoop, UV_RUN_NOWAIT } from 'dv8:loop';
 * import { Timer } from 'dv8:timer';
 * const loop = new EventLoop();
 * const timer = new Timer();
 * timer.start(() => console.log('timer'), 0); //> timer
 * loop.run(UV_RUN_NOWAIT);
 * console.log(loop.isAlive()); //> false
 */
import { CHECK, IDLE, LoopHandle, PREPARE, UV_RUN_DEFAULT, UV_RUN_NOWAIT, UV_RUN_ONCE, isAlive, listHandles, run, stop } from 'internal:dv8_loop';
import { bytesOf } from '../internal/dv8_bytes.js';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { shutdown } from '../internal/dv8_shutdown.js';

/** Modes of run(): until nothing is left, one turn that may wait, one that does not. */
export { UV_RUN_DEFAULT, UV_RUN_NOWAIT, UV_RUN_ONCE };

/** The thread's loop: all objects of this class are the same one. */
export class EventLoop {
  #handles = new Map();

  /**
   * Runs it now.
   * @returns {number} 0 when nothing is left.
   * @throws {Error} with code UV_EBUSY in a callback of the loop itself.
   */
  run(mode = UV_RUN_DEFAULT) {
    if (![UV_RUN_DEFAULT, UV_RUN_ONCE, UV_RUN_NOWAIT].includes(mode)) throw new RangeError(`run: there is no mode ${mode}`);
    const left = run(mode);
    if (left < 0) throw Object.assign(new Error('run: the loop runs already'), { code: 'EBUSY', errno: left, syscall: 'run' });
    return left;
  }

  /** run() gives back after this turn. */
  stop() { stop(); }

  /** Whether anything keeps the program going. */
  isAlive() { return isAlive(); }

  /** Closes every handle: the same as shutdown(). */
  close() { shutdown(); }

  /** Takes the callbacks of onIdle, onPrepare and onCheck away. */
  reset() {
    for (const handle of this.#handles.values()) handle.close();
    this.#handles.clear();
  }

  /** The callbacks of onIdle, onPrepare and onCheck keep the program going again. */
  ref() { for (const handle of this.#handles.values()) handle.setRef(true); }

  /** The callbacks of onIdle, onPrepare and onCheck do not keep the program going. */
  unref() { for (const handle of this.#handles.values()) handle.setRef(false); }

  /** Calls `fn()` at every turn; the loop does not wait meanwhile. Without an argument: no more. @returns {number} 0 */
  onIdle(fn) { return this.#watch('onIdle', IDLE, fn); }

  /** Calls `fn()` before the loop waits. Without an argument: no more. @returns {number} 0 */
  onPrepare(fn) { return this.#watch('onPrepare', PREPARE, fn); }

  /** Calls `fn()` after the loop has waited. Without an argument: no more. @returns {number} 0 */
  onCheck(fn) { return this.#watch('onCheck', CHECK, fn); }

  #watch(name, kind, fn) {
    checkCallback(name, fn);
    let handle = this.#handles.get(kind);
    if (fn === undefined) {
      handle?.close();
      this.#handles.delete(kind);
      return 0;
    }
    if (handle === undefined) this.#handles.set(kind, handle = new LoopHandle(kind));
    return handle.start(fn, 0, 0);
  }

  /**
   * Writes the loop's handles into `buffer`, as many as fit: for each a byte whether it is active, a byte
   * with the length of its type's name, and the name. A 0 follows.
   * @returns {number} how many there are.
   */
  listHandles(buffer) { return listHandles(bytesOf(buffer, 'listHandles: the buffer')); }
}

export default { EventLoop, UV_RUN_DEFAULT, UV_RUN_NOWAIT, UV_RUN_ONCE };
