setTimeout(() => setImmediate(() => console.log('immediate')), 0);
setTimeout(() => console.log('timeout'), 0);
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('promise'));
queueMicrotask(() => { console.log('microtask'); process.nextTick(() => console.log('tick 2')); });
console.log('main');
