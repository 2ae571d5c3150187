// node:timers.
import * as timers from '../internal/timers.js';

export default {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  clearInterval: timers.clearTimeout,
  setImmediate: timers.setImmediate,
  clearImmediate: timers.clearImmediate,
  get promises() { return require('./timers_promises.js').default; },
};
