// The nextTick queue and the promises that were rejected with nobody listening.
import { runMicrotasks, setTickFlag, triggerUncaught } from 'internal:host';
import { ERR_INVALID_ARG_TYPE } from './errors.js';

// Indexes of setTickFlag.
const TICKS = 0;
const REJECTIONS = 1;

let queue = [];
let head = 0;
let rejections = null; // task of rejections.js, when there are any.

/** Calls `callback` after the current operation, before any promise continuation. */
export function nextTick(callback, ...args) {
  if (typeof callback !== 'function') throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
  if (head === queue.length) {
    head = queue.length = 0;
    setTickFlag(TICKS, true);
  }
  queue.push({ callback, args });
}

/** `run` is called when the queues are empty; true when it made new work. */
export function setRejectionTask(run) {
  rejections = run;
  setTickFlag(REJECTIONS, run !== null);
}

/**
 * The hook processTicks. An exception leaves it, and what is queued then waits for the next callback:
 * see uncaughtException in bootstrap.js.
 */
export function processTicks() {
  do {
    while (head < queue.length) {
      const { callback, args } = queue[head];
      queue[head++] = undefined;
      if (head > 1024 && head * 2 > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
      if (args.length === 0) callback();
      else callback(...args);
    }
    setTickFlag(TICKS, false);
    runMicrotasks();
  } while (head < queue.length || (rejections !== null && rejections()));
}

/** Between two timers or immediates: what they queued runs before the next one. */
export function runNextTicks() {
  if (head === queue.length && rejections === null) {
    runMicrotasks();
    if (head === queue.length && rejections === null) return;
  }
  processTicks();
}

const resolved = Promise.resolve();
const { then } = Promise.prototype;
const { apply } = Reflect;

/** Calls `callback` when the current microtask has ended. */
export function queueMicrotask(callback) {
  if (typeof callback !== 'function') throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
  apply(then, resolved, [() => {
    try {
      callback();
    } catch (error) {
      triggerUncaught(error, false);
    }
  }]);
}
