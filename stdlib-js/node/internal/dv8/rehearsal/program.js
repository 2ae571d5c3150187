// What most programs do: timers, ticks, events, texts and bytes, paths.
'use strict';

const EventEmitter = require('events');
const path = require('path');
const { format, inspect, promisify } = require('util');

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
  promisify((callback) => { callback(null, 1); })();
  settle();
  path.join('/app', '..', path.basename('/app/a.js', '.js'), path.extname('a.js'));
  path.relative(path.dirname('/app/a.js'), path.resolve('/app', 'b'));
  Buffer.concat([Buffer.from('a'), Buffer.alloc(1)]).toString('hex');
};
