setTimeout(() => {
  console.log('timeout');
  setTimeout(() => console.log('timeout 2'), 20);
  setImmediate(() => console.log('immediate'));
  process.nextTick(() => console.log('tick 3'));
  Promise.resolve().then(() => console.log('promise 2'));
}, 0);
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('promise'));
queueMicrotask(() => { console.log('microtask'); process.nextTick(() => console.log('tick 2')); });
console.log('main');
