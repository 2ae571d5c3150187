// The program's timers and ticks, for dv8's modules: of the small start, or of Node's library. Each start gives its
// own before anything else is evaluated.

export let clearImmediate;
export let clearTimeout;
export let queueMicrotask;
export let setImmediate;
export let Timeout; // The class of what setTimeout() gives.

export function provideScheduling(given) {
  ({ clearImmediate, clearTimeout, queueMicrotask, setImmediate, Timeout } = given);
}
