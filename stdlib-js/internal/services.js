// What dv8's modules use of the program's start, the small one or Node's library's. Each start gives its own before
// anything else is evaluated.

export let clearImmediate;
export let clearTimeout;
export let formatUncaught; // What goes to standard error for an error that nobody caught.
export let queueMicrotask;
export let setImmediate;
export let TimerClass; // The class of what setTimeout() gives.

export function provideServices(given) {
  ({ clearImmediate, clearTimeout, formatUncaught, queueMicrotask, setImmediate, Timeout: TimerClass } = given);
}
