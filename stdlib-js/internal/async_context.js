// The value that AsyncLocalStorage carries through asynchronous calls. V8 carries it through
// promises by itself; timers, nextTick and immediates capture it. Costs nothing before the
// first AsyncLocalStorage is used.
import { getAsyncContext, setAsyncContext } from 'internal:process';

let active = false;

/** From now on captures are real. */
export function activate() { active = true; }

/** The frame to give to runInFrame later; undefined when nobody uses frames. */
export function captureFrame() { return active ? getAsyncContext() : undefined; }

export const currentFrame = getAsyncContext;
export const setFrame = setAsyncContext;

/** Replaces the current frame; returns the one before. */
export function exchangeFrame(frame) {
  if (!active) return undefined;
  const before = getAsyncContext();
  setAsyncContext(frame);
  return before;
}
