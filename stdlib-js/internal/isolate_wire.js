// Objects with behaviour on their way between isolates: each becomes one of functions, and is made again of them. The text
// of this function runs in sandboxes, too: nothing in it may name what is outside of it.

export function wire() {
  function iteratorFunctions(iterable) {
    const iterator = iterable[Symbol.asyncIterator]();
    return {
      next: (value) => iterator.next(value),
      return: (value) => (iterator.return === undefined ? { value, done: true } : iterator.return(value)),
      throw(error) {
        if (iterator.throw === undefined) throw error;
        return iterator.throw(error);
      },
    };
  }

  // What follows the abort of another isolate's signal, where there is no AbortController.
  class Signal {
    aborted = false;
    reason = undefined;
    onabort = null;
    #listeners = new Set();

    abort(reason) {
      this.aborted = true;
      this.reason = reason;
      const event = { type: 'abort', target: this };
      this.onabort?.(event);
      for (const listener of this.#listeners) listener(event);
      this.#listeners.clear();
    }

    addEventListener(type, listener) { if (type === 'abort' && !this.aborted) this.#listeners.add(listener); }
    removeEventListener(type, listener) { this.#listeners.delete(listener); }
    throwIfAborted() { if (this.aborted) throw this.reason; }
    get [Symbol.toStringTag]() { return 'AbortSignal'; }
  }

  function makeSignal({ isAborted, reason, listen }) {
    const controller = typeof AbortController === 'function' ? new AbortController() : undefined;
    const signal = controller?.signal ?? new Signal();
    const abort = (why) => { (controller ?? signal).abort(why); };
    if (isAborted) abort(reason);
    else listen(abort).catch(() => {});
    return signal;
  }

  // Items are asked for one by one: that is the back-pressure.
  function makeIterator({ next, return: end, throw: fail }) {
    return {
      next: (value) => next(value),
      return: (value) => end(value),
      throw: (error) => fail(error),
      [Symbol.asyncIterator]() { return this; },
    };
  }

  return {
    /** The functions of an object; undefined when it is copied by its properties. */
    take(object) {
      const tag = object[Symbol.toStringTag];
      if (tag === 'AbortSignal') {
        const listen = (abort) => {
          if (object.aborted) abort(object.reason);
          else object.addEventListener('abort', () => { abort(object.reason); });
        };
        return { kind: 'signal', isAborted: object.aborted, reason: object.aborted ? object.reason : undefined, listen };
      }
      if (typeof object[Symbol.asyncIterator] !== 'function') return undefined;
      return { kind: tag === 'ReadableStream' ? 'stream' : 'iterator', ...iteratorFunctions(object) };
    },

    /** The object again. */
    give(functions) {
      if (functions.kind === 'signal') return makeSignal(functions);
      const iterator = makeIterator(functions);
      if (functions.kind !== 'stream' || typeof ReadableStream !== 'function') return iterator;
      return new ReadableStream({
        async pull(controller) {
          const { value, done } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel(reason) { await iterator.return(reason); },
      }, { highWaterMark: 0 });
    },
  };
}
