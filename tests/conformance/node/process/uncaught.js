// Uncaught errors and rejections with listeners.
process.on('uncaughtExceptionMonitor', (error, origin) => console.log('monitor', error.message, origin));
process.on('uncaughtException', (error, origin) => console.log('uncaught', error.message, origin));
setTimeout(() => { throw new Error('in a timer'); }, 1);
setTimeout(() => console.log('the next timer runs'), 1);
setTimeout(() => {
  setImmediate(() => { throw new Error('in an immediate'); });
  setImmediate(() => console.log('the next immediate runs'));
}, 5);
setTimeout(() => process.nextTick(() => { throw new Error('in a tick'); }), 10);
setTimeout(() => queueMicrotask(() => { throw new Error('in a microtask'); }), 15);
setTimeout(() => Promise.reject(new Error('a rejection')), 20);
setTimeout(() => Promise.reject(7), 22);
setTimeout(() => {
  process.on('unhandledRejection', (reason, promise) => {
    console.log('unhandled', reason.message, promise instanceof Promise);
    setTimeout(() => promise.catch(() => {}), 1);
  });
  process.on('rejectionHandled', () => console.log('handled late'));
  Promise.reject(new Error('listened to'));
}, 25);
setTimeout(() => {
  const late = Promise.reject(new Error('handled in time'));
  process.nextTick(() => late.catch((error) => console.log('caught', error.message)));
}, 40);
