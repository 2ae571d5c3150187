// EventTarget, AbortController, DOMException, structuredClone, performance.
const target = new EventTarget();
target.addEventListener('x', (event) => console.log(event.type, event.target === target, event.cancelable), { once: true });
target.addEventListener('x', { handleEvent(event) { event.preventDefault(); console.log('object', this !== undefined); } });
console.log(target.dispatchEvent(new Event('x', { cancelable: true })), target.dispatchEvent(new Event('y')));
console.log(target.dispatchEvent(new Event('x')));
const controller = new AbortController();
controller.signal.onabort = () => console.log('onabort', controller.signal.reason.name);
controller.signal.addEventListener('abort', () => console.log('listener'));
controller.abort();
controller.abort('again');
try {
  controller.signal.throwIfAborted();
} catch (error) {
  console.log(error.name, error.code, error.message, error instanceof DOMException, error instanceof Error);
}
console.log(AbortSignal.abort('why').reason, AbortSignal.any([controller.signal]).aborted);
const timeout = AbortSignal.timeout(5);
timeout.addEventListener('abort', () => console.log(timeout.reason.name, timeout.reason.code));
setTimeout(() => {}, 20);
const source = { date: new Date(0), map: new Map([[1, { a: [1n] }]]), set: new Set('ab'), re: /x/gi, nested: { undef: undefined }, bytes: new Uint8Array([1, 2]) };
source.self = source;
const copy = structuredClone(source);
console.log(copy, copy !== source, copy.self === copy);
try {
  structuredClone(Symbol('no'));
} catch (error) {
  console.log(error.name, error.code, error.message);
}
const buffer = new ArrayBuffer(8);
console.log(structuredClone(buffer, { transfer: [buffer] }).byteLength, buffer.byteLength);
performance.mark('start');
console.log(performance.now() > 0, performance.timeOrigin > 1e12, performance.measure('m', 'start').duration >= 0, performance.getEntriesByName('m').length);
