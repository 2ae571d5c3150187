// node:timers/promises.
import { clearImmediate, clearInterval, clearTimeout, setImmediate as startImmediate,
         setInterval as startInterval, setTimeout as startTimeout } from './timers.js';
import { AbortError } from './errors.js';
import { validateAbortSignal, validateBoolean, validateNumber, validateObject } from './validators.js';

function check(options, delay) {
  validateObject(options, 'options');
  if (delay !== undefined) validateNumber(delay, 'delay');
  validateAbortSignal(options.signal, 'options.signal');
  if (options.ref !== undefined) validateBoolean(options.ref, 'options.ref');
}

function wait(start, stop, { signal, ref = true }) {
  if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    let cancel;
    const handle = start((value) => {
      if (cancel) signal.removeEventListener('abort', cancel);
      resolve(value);
    });
    if (!ref) handle.unref();
    if (signal) {
      cancel = () => {
        stop(handle);
        reject(new AbortError(undefined, { cause: signal.reason }));
      };
      signal.addEventListener('abort', cancel, { once: true });
    }
  });
}

/** Resolves with `value` after `delay` milliseconds. */
export function setTimeout(delay, value, options = {}) {
  try {
    check(options, delay);
  } catch (error) {
    return Promise.reject(error);
  }
  return wait((resolve) => startTimeout(resolve, delay, value), clearTimeout, options);
}

/** Resolves with `value` in the loop's next turn. */
export function setImmediate(value, options = {}) {
  try {
    check(options);
  } catch (error) {
    return Promise.reject(error);
  }
  return wait((resolve) => startImmediate(resolve, value), clearImmediate, options);
}

/** Yields `value` every `delay` milliseconds. */
export async function* setInterval(delay, value, options = {}) {
  check(options, delay);
  const { signal, ref = true } = options;
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  let due = 0;
  let wake = null;
  const handle = startInterval(() => {
    due++;
    wake?.();
  }, delay);
  if (!ref) handle.unref();
  const cancel = () => {
    clearInterval(handle);
    wake?.();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      if (due === 0 && !signal?.aborted) await new Promise((resolve) => { wake = resolve; });
      if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
      for (; due > 0; due--) yield value;
    }
  } finally {
    clearInterval(handle);
    signal?.removeEventListener('abort', cancel);
  }
}

/** timers/promises.scheduler. */
export const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate(),
};
