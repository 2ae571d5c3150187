// The order of timers, immediates, ticks and microtasks.
const { setTimeout: wait, setImmediate: turn } = require('node:timers/promises');
const log = console.log;
setTimeout(() => {
  log('t1');
  process.nextTick(() => log('t1 tick'));
  Promise.resolve().then(() => log('t1 micro'));
}, 0);
setTimeout(() => log('t2'), 0);
setTimeout((a, b) => log('t3', a, b), 1, 'x', 'y');
const cancelled = setTimeout(() => log('never'), 0);
clearTimeout(cancelled);
process.nextTick(() => {
  log('tick 1');
  Promise.resolve().then(() => log('micro in tick'));
  process.nextTick(() => log('tick in tick'));
});
process.nextTick((a) => log('tick 2', a), 'arg');
Promise.resolve().then(() => {
  log('micro 1');
  process.nextTick(() => log('tick in micro'));
}).then(() => log('micro 2'));
queueMicrotask(() => log('micro 3'));
const interval = setInterval(() => {
  if (++count === 3) clearInterval(interval);
}, 3);
let count = 0;
setTimeout(() => {
  setImmediate(() => {
    log('immediate 1');
    process.nextTick(() => log('immediate tick'));
    setImmediate(() => log('immediate 3'));
  });
  setImmediate(() => log('immediate 2'));
}, 20);
const timer = setTimeout(() => log('refreshed'), 300);
setTimeout(() => timer.refresh(), 150);
log(timer.hasRef(), timer.unref().hasRef(), timer.ref().hasRef(), typeof timer[Symbol.toPrimitive](), typeof +timer);
const byNumber = setTimeout(() => log('never'), 5);
clearTimeout(+byNumber);
clearTimeout(undefined);
clearTimeout({});
setTimeout(() => log('never: unref'), 10000).unref();
(async () => {
  log(await wait(800, 'waited'), count);
  log(await turn('turned'));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  await wait(1000, null, { signal: controller.signal }).catch((error) => log(error.name, error.code, error.message));
})();
try {
  setTimeout('code');
} catch (error) {
  log(error.code, error.message);
}
