// Event, EventTarget and CustomEvent (DOM standard), with what Node's own have besides.
import { ERR_EVENT_RECURSION, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_MISSING_ARGS } from '../internal/errors.js';

const custom = Symbol.for('nodejs.util.inspect.custom');

class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #canceled = false;
  #propagationStopped = false;
  #time = performanceNow();
  stop = false;
  dispatching = false;
  target_ = null;
  passive = false;

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    if (options != null && typeof options !== 'object') throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
    this.#type = `${type}`;
    this.#bubbles = !!options?.bubbles;
    this.#cancelable = !!options?.cancelable;
    this.#composed = !!options?.composed;
    for (const key of ['stop', 'dispatching', 'target_', 'passive']) {
      Object.defineProperty(this, key, { enumerable: false });
    }
  }

  get type() { return this.#type; }
  get target() { return this.target_; }
  get currentTarget() { return this.dispatching ? this.target_ : null; }
  get srcElement() { return this.target_; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#cancelable && this.#canceled; }
  get returnValue() { return !this.#cancelable || !this.#canceled; }
  get eventPhase() { return this.dispatching ? Event.AT_TARGET : Event.NONE; }
  get timeStamp() { return this.#time; }
  get cancelBubble() { return this.#propagationStopped; }
  set cancelBubble(value) { if (value) this.#propagationStopped = true; }
  get isTrusted() { return false; }
  composedPath() { return this.dispatching ? [this.target_] : []; }
  preventDefault() { if (!this.passive) this.#canceled = true; }
  stopPropagation() { this.#propagationStopped = true; }
  stopImmediatePropagation() {
    this.#propagationStopped = true;
    this.stop = true;
  }

  initEvent(type, bubbles = false, cancelable = false) {
    if (this.dispatching) return;
    this.#type = `${type}`;
    this.#bubbles = !!bubbles;
    this.#cancelable = !!cancelable;
  }

  [custom](depth, options, inspect) {
    if (depth < 0) return this.constructor.name;
    const shown = { type: this.#type, defaultPrevented: this.defaultPrevented, cancelable: this.#cancelable, timeStamp: this.#time };
    return `${this.constructor.name} ${inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }

  static NONE = 0;
  static CAPTURING_PHASE = 1;
  static AT_TARGET = 2;
  static BUBBLING_PHASE = 3;
}

function performanceNow() { return globalThis.performance?.now() ?? process.uptime() * 1000; }

class CustomEvent extends Event {
  #detail;
  constructor(type, options) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() { return this.#detail; }
}

class EventTarget {
  #listeners = new Map(); // type → [{callback, capture, once, passive}].

  addEventListener(type, callback, options) {
    if (!(#listeners in this)) throw new ERR_INVALID_THIS('EventTarget');
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('type', 'listener');
    const { capture, once, passive, signal, weak } = typeof options === 'boolean' ? { capture: options } : options ?? {};
    if (signal?.aborted) return;
    if (callback === null || callback === undefined) return;
    if (typeof callback !== 'function' && typeof callback !== 'object') {
      throw new ERR_INVALID_ARG_TYPE('listener', 'EventListener', callback);
    }
    type = `${type}`;
    let list = this.#listeners.get(type);
    if (list === undefined) this.#listeners.set(type, list = []);
    if (list.some((each) => each.callback === callback && each.capture === !!capture)) return;
    list.push({ callback, capture: !!capture, once: !!once, passive: !!passive, removed: false });
    signal?.addEventListener('abort', () => this.removeEventListener(type, callback, options), { once: true });
    void weak;
  }

  removeEventListener(type, callback, options) {
    if (!(#listeners in this)) throw new ERR_INVALID_THIS('EventTarget');
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('type', 'listener');
    const capture = !!(typeof options === 'boolean' ? options : options?.capture);
    type = `${type}`;
    const list = this.#listeners.get(type);
    const index = list?.findIndex((each) => each.callback === callback && each.capture === capture) ?? -1;
    if (index < 0) return;
    list[index].removed = true;
    if (list.length === 1) this.#listeners.delete(type);
    else this.#listeners.set(type, list.filter((_, i) => i !== index));
  }

  dispatchEvent(event) {
    if (!(#listeners in this)) throw new ERR_INVALID_THIS('EventTarget');
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('event');
    if (!(event instanceof Event)) throw new ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (event.dispatching) throw new ERR_EVENT_RECURSION(event.type);
    event.dispatching = true;
    event.target_ = this;
    for (const listener of this.#listeners.get(event.type)?.slice() ?? []) {
      if (listener.removed) continue;
      if (listener.once) this.removeEventListener(event.type, listener.callback, listener.capture);
      event.passive = listener.passive;
      try {
        const { callback } = listener;
        const result = typeof callback === 'function' ? callback.call(this, event) : callback.handleEvent(event);
        // An async listener's failure is the program's, as in Node.
        if (result?.then !== undefined) result.then(undefined, (error) => process.nextTick(() => { throw error; }));
      } catch (error) {
        process.nextTick(() => { throw error; });
      }
      event.passive = false;
      if (event.stop) break;
    }
    event.dispatching = false;
    return !event.defaultPrevented;
  }

  /** For events.getEventListeners. */
  static listenersOf(target, type) { return (target.#listeners.get(`${type}`) ?? []).map((each) => each.callback); }
}

for (const [type, names] of [[Event, ['type', 'target', 'currentTarget', 'defaultPrevented', 'cancelable', 'bubbles', 'timeStamp',
                                      'preventDefault', 'stopPropagation', 'stopImmediatePropagation', 'composedPath']],
                             [EventTarget, ['addEventListener', 'removeEventListener', 'dispatchEvent']],
                             [CustomEvent, ['detail']]]) {
  for (const name of names) Object.defineProperty(type.prototype, name, { enumerable: true });
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });
}

/** The attribute on<type> of `prototype`: one listener, replaced by assignment. */
export function defineEventHandler(prototype, type) {
  const handlers = new WeakMap();
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get() { return handlers.get(this)?.handler ?? null; },
    set(handler) {
      const known = handlers.get(this);
      if (known !== undefined) {
        known.handler = typeof handler === 'function' ? handler : null;
        return;
      }
      const state = { handler: typeof handler === 'function' ? handler : null };
      handlers.set(this, state);
      this.addEventListener(type, (event) => state.handler?.call(this, event));
    },
  });
}

export { Event, EventTarget };
export default { Event, EventTarget, CustomEvent };
