const { OS } = library('os', {});
const { EventLoop } = library('loop', {});
const loop = new EventLoop();
const bytes = new Uint8Array(1);
for (let i = 0; i < 100; i++) new OS().onSignal(() => 1, 10);
process.kill(process.pid, 10);
const before = loop.listHandles(bytes);
setTimeout(() => {
  gc();
  setTimeout(() => {
    gc();
    setTimeout(() => console.log(before - loop.listHandles(bytes) >= 90), 5);
  }, 5);
}, 20);
