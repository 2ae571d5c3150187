// What most programs do: timers, promises, events, bytes.
'use strict';

const EventEmitter = require('events');
const { format, inspect } = require('util');

exports.run = ({ settle, elapse }) => {
  setTimeout(() => {}, 1);
  clearTimeout(setTimeout(() => {}, 1));
  setImmediate(() => {});
  setInterval(function() { clearInterval(this); }, 1).unref();
  process.nextTick(() => {});
  queueMicrotask(() => {});
  settle();
  elapse();

  const emitter = new EventEmitter();
  emitter.once('a', () => {});
  emitter.on('a', () => {});
  emitter.emit('a', 1);
  emitter.removeAllListeners();

  format('%s %d', 'rehearsal', 1);
  inspect({ a: 1, b: ['c'], d: { e: null } });
  Buffer.concat([Buffer.from('a'), Buffer.alloc(1)]).toString('hex');
};
