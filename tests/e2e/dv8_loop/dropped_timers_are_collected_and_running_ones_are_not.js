const { Timer } = library('timer', {});
const { EventLoop } = library('loop', {});
const loop = new EventLoop();
const bytes = new Uint8Array(1);
new Timer().start(() => console.log('runs'), 1000);
for (let i = 0; i < 1000; i++) new Timer();
const before = loop.listHandles(bytes);
setTimeout(() => {
  gc();
  setTimeout(() => {
    gc();
    setTimeout(() => console.log(before - loop.listHandles(bytes) >= 900), 5);
  }, 5);
}, 5);
