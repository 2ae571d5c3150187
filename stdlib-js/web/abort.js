// AbortController and AbortSignal (DOM standard).
import { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE } from '../internal/errors.js';
import { setTimeout } from '../internal/timers.js';
import { validateUint32 } from '../internal/validators.js';
import domException from './dom_exception.js';
import { defineEventHandler, Event, EventTarget } from './event_target.js';

const { DOMException } = domException;
const custom = Symbol.for('nodejs.util.inspect.custom');
const secret = Symbol('AbortSignal');
let fire;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #dependents = new Set();

  constructor(key) {
    if (key !== secret) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super();
  }

  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = new AbortSignal(secret);
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }

  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(secret);
    setTimeout(() => AbortSignal.#fire(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay).unref();
    return signal;
  }

  static any(signals) {
    if (signals === null || typeof signals !== 'object') throw new ERR_INVALID_ARG_TYPE('signals', 'AbortSignal[]', signals);
    const result = new AbortSignal(secret);
    const sources = [...signals];
    const aborted = sources.find((signal) => signal.#aborted);
    if (aborted !== undefined) {
      result.#aborted = true;
      result.#reason = aborted.#reason;
      return result;
    }
    for (const source of sources) source.#dependents.add(result);
    return result;
  }

  // Only AbortController and this class may abort a signal: not on the class itself.
  static #fire(signal, reason = new DOMException('This operation was aborted', 'AbortError')) {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason;
    signal.dispatchEvent(new Event('abort'));
    for (const dependent of signal.#dependents) AbortSignal.#fire(dependent, reason);
    signal.#dependents.clear();
  }

  static { fire = (signal, reason) => AbortSignal.#fire(signal, reason); }

  [custom](depth, options, inspect) {
    if (depth < 0) return 'AbortSignal';
    return `AbortSignal ${inspect({ aborted: this.#aborted }, options)}`;
  }
}

class AbortController {
  #signal = new AbortSignal(secret);
  get signal() { return this.#signal; }
  abort(reason) { fire(this.#signal, reason); }
  [custom](depth, options, inspect) {
    return depth < 0 ? 'AbortController' : `AbortController ${inspect({ signal: this.#signal }, options)}`;
  }
}
defineEventHandler(AbortSignal.prototype, 'abort');
for (const [type, names] of [[AbortSignal, ['aborted', 'reason', 'throwIfAborted']], [AbortController, ['signal', 'abort']]]) {
  for (const name of names) Object.defineProperty(type.prototype, name, { enumerable: true });
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });
}

export default { AbortController, AbortSignal };
