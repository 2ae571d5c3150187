'use strict';
const measure = require('./measure.js');
const { EventEmitter, once } = require('events');
const { AsyncLocalStorage } = require('async_hooks');
const { Readable, Transform, Writable, PassThrough } = require('stream');
const { pipeline } = require('stream/promises');

let count = 0;
const add = () => { count++; };
const add3 = (a, b, c) => { count += a + b + c; };
const one = new EventEmitter().on('event', add).on('three', add3);
const ten = new EventEmitter();
for (let i = 0; i < 10; i++) ten.on('event', add);
const empty = new EventEmitter();
const target = new EventTarget();
target.addEventListener('event', add);
const event = new Event('event');
const storage = new AsyncLocalStorage();
const chunk = Buffer.alloc(1024);
const chunks = Array.from({ length: 200 }, () => chunk);
const objects = Array.from({ length: 1000 }, (_, i) => ({ i }));

// Calls `next` a thousand times, each from the one before.
const thousand = (next) => () => new Promise((resolve) => {
  let left = 1000;
  const step = () => { if (--left === 0) resolve(); else next(step); };
  next(step);
});

measure({
  'EventEmitter emit': () => (one.emit('event') ? 1 : 0),
  'EventEmitter emit 3 arguments': () => (one.emit('three', 1, 2, 3) ? 1 : 0),
  'EventEmitter emit 10 listeners': () => (ten.emit('event') ? 1 : 0),
  'EventEmitter emit no listener': () => (empty.emit('event') ? 1 : 0),
  'EventEmitter on off': () => { empty.on('other', add); empty.off('other', add); return 1; },
  'EventEmitter once emit': () => { empty.once('other', add); return empty.emit('other') ? 1 : 0; },
  'new EventEmitter': () => new EventEmitter().listenerCount('event'),
  'events.once': () => { const promise = once(empty, 'later'); empty.emit('later'); return promise; },
  'EventTarget dispatchEvent': () => (target.dispatchEvent(event) ? 1 : 0),
  'new Event': () => new Event('event').type.length,
  'AbortController': () => { const c = new AbortController(); c.abort(); return c.signal.aborted ? 1 : 0; },
  'AsyncLocalStorage run': () => storage.run(1, add),
  'process.nextTick x 1000': thousand((step) => process.nextTick(step)),
  'queueMicrotask x 1000': thousand((step) => queueMicrotask(step)),
  'setImmediate x 1000': thousand((step) => setImmediate(step)),
  'promise then x 1000': thousand((step) => Promise.resolve().then(step)),
  'await x 1000': async () => { for (let i = 0; i < 1000; i++) await i; },
  'setImmediate 1000 at once': () => new Promise((resolve) => { for (let i = 0; i < 1000; i++) setImmediate(i === 999 ? resolve : add); }),
  'nextTick 1000 at once': () => new Promise((resolve) => { for (let i = 0; i < 1000; i++) process.nextTick(i === 999 ? resolve : add); }),
  'setTimeout clearTimeout': () => { clearTimeout(setTimeout(add, 1000)); return 1; },
  'performance.now': () => performance.now(),
  'process.hrtime.bigint': () => (process.hrtime.bigint() > 0n ? 1 : 0),
  'Readable.from 1000 objects': async () => { for await (const object of Readable.from(objects)) count += object.i; },
  'stream pipeline 200 x 1K': () => pipeline(Readable.from(chunks),
    new Transform({ transform(data, encoding, done) { done(null, data); } }),
    new Writable({ write(data, encoding, done) { done(); } })),
  'PassThrough write read': () => { const stream = new PassThrough(); stream.write(chunk); return stream.read().length; },
});
