// EventEmitter: order, once, errors, removal while emitting, meta events, promises.
const { EventEmitter, once, on } = require('node:events');
const emitter = new EventEmitter();
emitter.on('newListener', (name) => { if (name !== 'removeListener') console.log('new', name); });
emitter.on('removeListener', (name) => console.log('removed', name));
const second = () => console.log('second');
emitter.on('x', function (a, b) { console.log('first', a, b, this === emitter); });
emitter.on('x', second);
emitter.prependListener('x', () => console.log('zeroth'));
emitter.once('x', () => console.log('once'));
console.log(emitter.emit('x', 1, 2), emitter.emit('nothing'));
emitter.off('x', second);
emitter.emit('x', 3, 4);
console.log(emitter.listenerCount('x'), emitter.eventNames(), emitter.getMaxListeners());
try {
  emitter.emit('error', new Error('unheard'));
} catch (error) {
  console.log('thrown', error.message);
}
try {
  emitter.emit('error', { not: 'an error' });
} catch (error) {
  console.log(error.code, error.message, error.context);
}
emitter.on(EventEmitter.errorMonitor, (error) => console.log('monitor', error.message));
emitter.on('error', (error) => console.log('error', error.message));
emitter.emit('error', new Error('heard'));
const wrapped = new EventEmitter();
wrapped.once('y', second);
console.log(wrapped.rawListeners('y')[0].listener === second, wrapped.listeners('y')[0] === second);
try {
  wrapped.on('z', 1);
} catch (error) {
  console.log(error.code, error.message);
}
try {
  wrapped.setMaxListeners(-1);
} catch (error) {
  console.log(error.code, error.message);
}
(async () => {
  setImmediate(() => emitter.emit('soon', 7, 8));
  console.log('awaited', await once(emitter, 'soon'));
  setImmediate(() => emitter.emit('error', new Error('rejects')));
  await once(emitter, 'never').catch((error) => console.log('rejected', error.message));
  const seen = [];
  setImmediate(() => { for (const n of [1, 2, 3]) emitter.emit('tick', n); });
  for await (const [n] of on(emitter, 'tick')) {
    seen.push(n);
    if (n === 3) break;
  }
  console.log('iterated', seen);
  const capture = new EventEmitter({ captureRejections: true });
  capture.on('error', (error) => console.log('captured', error.message));
  capture.on('go', async () => { throw new Error('async listener'); });
  capture.emit('go');
})();
