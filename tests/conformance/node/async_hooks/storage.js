// AsyncLocalStorage through every kind of continuation.
const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks');
const storage = new AsyncLocalStorage();
const say = (label) => console.log(label, storage.getStore());
say('outside');
storage.run('A', () => {
  say('run');
  setImmediate(() => say('immediate'));
  process.nextTick(() => say('tick'));
  queueMicrotask(() => say('microtask'));
  Promise.resolve().then(() => say('then'));
  (async () => {
    await null;
    say('await');
    await new Promise((resolve) => setImmediate(() => setTimeout(resolve, 1)));
    say('await timer');
    setTimeout(() => say('timeout'), 1);
  })();
  storage.run('B', () => say('nested'));
  say('after nested');
  storage.exit(() => say('exit'));
});
say('after');
const snapshot = storage.run('S', () => AsyncLocalStorage.snapshot());
storage.run('T', () => snapshot(() => say('snapshot')));
const resource = storage.run('R', () => new AsyncResource('R'));
console.log(resource.runInAsyncScope((x) => `${storage.getStore()}${x}`, null, 1));
process.once('beforeExit', () => {
  storage.enterWith('E');
  say('entered');
  Promise.resolve().then(() => say('entered then'));
});
