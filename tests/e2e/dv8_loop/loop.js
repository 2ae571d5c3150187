const { EventLoop, UV_RUN_DEFAULT, UV_RUN_ONCE, UV_RUN_NOWAIT } = library('loop', {});
const { Timer } = library('timer', {});
const loop = new EventLoop();
console.log(UV_RUN_DEFAULT, UV_RUN_ONCE, UV_RUN_NOWAIT, loop.isAlive());
const t = new Timer();
const order = [];
loop.onIdle(() => {
  order.push('idle');
  loop.onIdle();
});
loop.onPrepare(() => order.push('prepare'));
loop.onCheck(() => order.push('check'));
t.start(() => {
  order.push('timer');
  Promise.resolve().then(() => order.push('microtask'));
  loop.onPrepare();
  loop.onCheck();
}, 30);
console.log(loop.isAlive(), loop.listHandles(new ArrayBuffer(0)) >= 4);
console.log(
  loop.run(),
  order[0],
  order.includes('check'),
  order.includes('microtask'),
  order.indexOf('prepare') < order.indexOf('check'),
  loop.isAlive(),
);
t.start(
  () => {
    try {
      loop.run();
    } catch (e) {
      console.log(e.code, e.message);
    }
    loop.stop();
  },
  1,
  1,
);
console.log(loop.run() > 0, loop.isAlive());
loop.onIdle(() => {});
loop.unref();
loop.ref();
loop.reset();
const list = new Uint8Array(1024);
const n = loop.listHandles(list);
console.log(n >= 2 && Buffer.from(list).toString('latin1').includes('\x01\x05timer'));
try {
  loop.run(9);
} catch (e) {
  console.log(e.message);
}
loop.close();
require('node:fs').writeSync(
  1,
  `${loop.run()} ${t.start(() => {}, 1)}
`,
);
