// The time that the ticks and microtasks behind a timer take is part of the next one's wait.
const cell = new Int32Array(new SharedArrayBuffer(4));
const block = () => Atomics.wait(cell, 0, 0, 400);
function check(name, defer, next) {
  setTimeout(() => {
    const start = Date.now();
    setTimeout(() => {
      console.log(name, Date.now() - start < 650 ? 'in time' : 'late');
      next?.();
    }, 300);
    defer(block);
  }, 1);
}
check('tick', process.nextTick, () => check('microtask', queueMicrotask, () => check('callback', (f) => f())));
