// node:diagnostics_channel.
import { ERR_INVALID_ARG_TYPE } from '../internal/errors.js';
import { validateFunction } from '../internal/validators.js';

const channels = new Map();

class Channel {
  constructor(name) {
    this.name = name;
    this._subscribers = [];
    this._stores = new Map();
  }

  get hasSubscribers() { return this._subscribers.length > 0 || this._stores.size > 0; }
  subscribe(fn) {
    validateFunction(fn, 'subscription');
    this._subscribers = [...this._subscribers, fn];
  }

  unsubscribe(fn) {
    const index = this._subscribers.indexOf(fn);
    if (index === -1) return false;
    this._subscribers = this._subscribers.filter((_, i) => i !== index);
    return true;
  }

  bindStore(store, transform) { this._stores.set(store, transform); }
  unbindStore(store) { return this._stores.delete(store); }
  publish(data) {
    for (const fn of this._subscribers) {
      try {
        fn(data, this.name);
      } catch (error) {
        process.nextTick(() => { throw error; });
      }
    }
  }

  runStores(data, fn, receiver, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, receiver, args);
    };
    for (const [store, transform] of this._stores) {
      const inner = run;
      run = () => store.run(transform ? transform(data) : data, inner);
    }
    return run();
  }
}

/** The channel of that name: one object for all who ask. */
export function channel(name) {
  if (typeof name !== 'string' && typeof name !== 'symbol') throw new ERR_INVALID_ARG_TYPE('channel', ['string', 'symbol'], name);
  let found = channels.get(name);
  if (found === undefined) channels.set(name, found = new Channel(name));
  return found;
}

class TracingChannel {
  constructor(nameOrChannels) {
    for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
      this[event] = typeof nameOrChannels === 'string' ? channel(`tracing:${nameOrChannels}:${event}`) : nameOrChannels[event];
    }
  }

  get hasSubscribers() { return ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].some((event) => this[event].hasSubscribers); }
  subscribe(handlers) { for (const [event, fn] of Object.entries(handlers)) this[event]?.subscribe(fn); }
  unsubscribe(handlers) {
    return Object.entries(handlers).map(([event, fn]) => this[event]?.unsubscribe(fn)).every(Boolean);
  }

  traceSync(fn, context = {}, receiver, ...args) {
    return this.start.runStores(context, () => {
      try {
        return context.result = Reflect.apply(fn, receiver, args);
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(fn, context = {}, receiver, ...args) {
    const settle = (key, value) => {
      context[key] = value;
      if (key === 'error') this.error.publish(context);
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(fn, receiver, args)).then((value) => {
          settle('result', value);
          return value;
        }, (error) => {
          settle('error', error);
          throw error;
        });
      } finally {
        this.end.publish(context);
      }
    });
  }
}

export default {
  channel,
  Channel,
  hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name, fn) => channel(name).subscribe(fn),
  unsubscribe: (name, fn) => channel(name).unsubscribe(fn),
  tracingChannel: (nameOrChannels) => new TracingChannel(nameOrChannels),
};
