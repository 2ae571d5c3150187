// node:async_hooks: AsyncLocalStorage and AsyncResource over V8's continuation data. A frame
// is an immutable Map from storage to value. Hooks on every resource are not provided.
import { activate, currentFrame, exchangeFrame, setFrame } from '../internal/async_context.js';
import { validateFunction, validateString } from '../internal/validators.js';

class AsyncLocalStorage {
  #default;
  #name;

  constructor({ defaultValue, name = '' } = {}) {
    this.#default = defaultValue;
    this.#name = `${name}`;
  }

  get name() { return this.#name; }

  static bind(fn) { return AsyncResource.bind(fn); }
  static snapshot() {
    const frame = currentFrame();
    return (fn, ...args) => runIn(frame, fn, undefined, args);
  }

  disable() {
    const frame = currentFrame();
    if (frame?.has(this)) this.#set(undefined, true);
  }

  #set(value, remove = false) {
    activate();
    const frame = new Map(currentFrame());
    if (remove) frame.delete(this);
    else frame.set(this, value);
    setFrame(frame);
  }

  enterWith(value) { this.#set(value); }

  run(value, fn, ...args) {
    activate();
    const frame = currentFrame();
    this.#set(value);
    try {
      return Reflect.apply(fn, null, args);
    } finally {
      setFrame(frame);
    }
  }

  exit(fn, ...args) { return this.run(undefined, fn, ...args); }
  getStore() {
    const frame = currentFrame();
    return frame?.has(this) ? frame.get(this) : this.#default;
  }
}

function runIn(frame, fn, receiver, args) {
  const before = exchangeFrame(frame);
  try {
    return Reflect.apply(fn, receiver, args);
  } finally {
    exchangeFrame(before);
  }
}

let nextId = 1;

class AsyncResource {
  #frame = currentFrame();
  #id = ++nextId;

  constructor(type) { validateString(type, 'type'); }
  runInAsyncScope(fn, receiver, ...args) { return runIn(this.#frame, fn, receiver, args); }
  emitDestroy() { return this; }
  asyncId() { return this.#id; }
  triggerAsyncId() { return 1; }
  bind(fn, receiver) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = function (...args) { return resource.runInAsyncScope(fn, receiver === undefined ? this : receiver, ...args); };
    Object.defineProperty(bound, 'length', { configurable: true, value: fn.length });
    return bound;
  }

  static bind(fn, type, receiver) { return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, receiver); }
}

const hook = { enable() { return hook; }, disable() { return hook; } };

export { AsyncLocalStorage, AsyncResource };
export default {
  AsyncLocalStorage,
  AsyncResource,
  createHook: () => hook,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  asyncWrapProviders: Object.freeze({ __proto__: null }),
};
