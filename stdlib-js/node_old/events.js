// node:events.
import { defaults, EventEmitter, kCapture, kErrorMonitor, kRejection } from '../internal/event_emitter.js';
import { AbortError, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from '../internal/errors.js';
import { validateAbortSignal, validateBoolean, validateFunction, validateNumber, validateObject } from '../internal/validators.js';

const isEventTarget = (value) => typeof value?.addEventListener === 'function' && typeof value.on !== 'function';

/** A promise of the arguments of the next `name` event; rejects at 'error'. */
export async function once(emitter, name, options = {}) {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return new Promise((resolve, reject) => {
    const isTarget = isEventTarget(emitter);
    if (!isTarget && typeof emitter?.on !== 'function') throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
    function onEvent(...args) {
      if (!isTarget) emitter.removeListener('error', onError);
      signal?.removeEventListener('abort', onAbort);
      resolve(args);
    }
    function onError(error) {
      emitter.removeListener(name, onEvent);
      signal?.removeEventListener('abort', onAbort);
      reject(error);
    }
    function onAbort() {
      if (isTarget) emitter.removeEventListener(name, onEvent);
      else emitter.removeListener('error', onError).removeListener(name, onEvent);
      reject(new AbortError(undefined, { cause: signal.reason }));
    }
    if (isTarget) {
      emitter.addEventListener(name, onEvent, { once: true });
    } else {
      emitter.once(name, onEvent);
      if (name !== 'error') emitter.once('error', onError);
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** An async iterator over the `name` events of `emitter`. */
export function on(emitter, name, options = {}) {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  const events = [];
  const waiting = [];
  let failure = null;
  let finished = false;
  let paused = false;
  const isTarget = isEventTarget(emitter);
  const removals = [];
  function listen(type, listener) {
    if (isTarget) {
      emitter.addEventListener(type, listener);
      removals.push(() => emitter.removeEventListener(type, listener));
    } else {
      emitter.on(type, listener);
      removals.push(() => emitter.removeListener(type, listener));
    }
  }
  function close() {
    for (const remove of removals.splice(0).reverse()) remove();
    signal?.removeEventListener('abort', onAbort);
    finished = true;
    for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }
  function onEvent(...args) {
    const value = args;
    if (waiting.length > 0) {
      waiting.shift().resolve({ value, done: false });
      return;
    }
    events.push(value);
    if (!paused && events.length > high) {
      paused = true;
      emitter.pause?.();
    }
  }
  function onError(error) {
    if (waiting.length > 0) waiting.shift().reject(error);
    else failure = error;
    close();
  }
  function onAbort() { onError(new AbortError(undefined, { cause: signal.reason })); }
  listen(name, onEvent);
  if (name !== 'error' && !isTarget) listen('error', onError);
  for (const type of options.close ?? []) listen(type, close);
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < low) {
          paused = false;
          emitter.resume?.();
        }
        return Promise.resolve({ value, done: false });
      }
      if (failure !== null) {
        const error = failure;
        failure = null;
        return Promise.reject(error);
      }
      if (finished) return close();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: close,
    throw(error) {
      if (!(error instanceof Error)) throw new ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', error);
      failure = error;
      close();
    },
    [Symbol.asyncIterator]() { return this; },
  };
}

export function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listeners === 'function') return emitterOrTarget.listeners(type);
  for (let base = emitterOrTarget?.constructor; base; base = Object.getPrototypeOf(base)) {
    if (typeof base.listenersOf === 'function') return base.listenersOf(emitterOrTarget, type);
  }
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

export function getMaxListeners(emitterOrTarget) {
  return typeof emitterOrTarget?.getMaxListeners === 'function' ? emitterOrTarget.getMaxListeners() : defaults.maxListeners;
}

export function setMaxListeners(n = defaults.maxListeners, ...targets) {
  validateNumber(n, 'setMaxListeners', 0);
  if (targets.length === 0) defaults.maxListeners = n;
  for (const target of targets) target.setMaxListeners?.(n);
}

export function listenerCount(emitter, type) {
  return typeof emitter.listenerCount === 'function' ? emitter.listenerCount(type) : getEventListeners(emitter, type).length;
}

/** Calls `listener` once when `signal` aborts; at once if it has. */
export function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  if (signal.aborted) queueMicrotask(() => listener());
  else signal.addEventListener('abort', listener, { once: true });
  return { __proto__: null, [Symbol.dispose]() { signal.removeEventListener('abort', listener); } };
}

class EventEmitterAsyncResource extends EventEmitter {
  get asyncId() { return 0; }
  get triggerAsyncId() { return 0; }
  get asyncResource() { return this; }
  emitDestroy() {}
}

Object.assign(EventEmitter, {
  EventEmitter, once, on, getEventListeners, getMaxListeners, setMaxListeners, listenerCount, addAbortListener,
  EventEmitterAsyncResource, usingDomains: false, captureRejectionSymbol: kRejection, errorMonitor: kErrorMonitor,
});
Object.defineProperties(EventEmitter, {
  captureRejections: {
    get: () => defaults.captureRejections,
    set(value) {
      validateBoolean(value, 'EventEmitter.captureRejections');
      defaults.captureRejections = value;
      EventEmitter.prototype[kCapture] = value;
    },
    enumerable: true,
  },
  defaultMaxListeners: {
    get: () => defaults.maxListeners,
    set(value) {
      if (typeof value !== 'number' || value < 0 || Number.isNaN(value)) {
        throw new ERR_OUT_OF_RANGE('defaultMaxListeners', 'a non-negative number', value);
      }
      defaults.maxListeners = value;
    },
    enumerable: true,
  },
});

export { EventEmitter };
export default EventEmitter;
