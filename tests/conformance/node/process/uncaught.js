// Uncaught errors and rejections with listeners.
process.on('uncaughtExceptionMonitor', (error, origin) => console.log('monitor', error.message, origin));
process.on('uncaughtException', (error, origin) => console.log('uncaught', error.message, origin));
const steps = [
  () => {
    setTimeout(() => { throw new Error('in a timer'); }, 1);
    setTimeout(() => console.log('the next timer runs'), 1);
  },
  () => {
    setImmediate(() => { throw new Error('in an immediate'); });
    setImmediate(() => console.log('the next immediate runs'));
  },
  () => process.nextTick(() => { throw new Error('in a tick'); }),
  () => queueMicrotask(() => { throw new Error('in a microtask'); }),
  () => { Promise.reject(new Error('a rejection')); },
  () => { Promise.reject(7); },
  () => {
    process.on('unhandledRejection', (reason, promise) => {
      console.log('unhandled', reason.message, promise instanceof Promise);
      setTimeout(() => promise.catch(() => {}), 1);
    });
    process.on('rejectionHandled', () => console.log('handled late'));
    Promise.reject(new Error('listened to'));
  },
  () => {
    const late = Promise.reject(new Error('handled in time'));
    process.nextTick(() => late.catch((error) => console.log('caught', error.message)));
  },
];
// Each step has the loop to itself before the next one begins.
function next() {
  const step = steps.shift();
  if (step === undefined) return;
  setTimeout(next, 20);
  step();
}
next();
