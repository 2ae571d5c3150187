const { EventLoop } = library('loop', {});
const loop = new EventLoop();
let n = 0;
loop.onIdle(() => {
  if (++n === 5) loop.onIdle();
});
loop.unref();
loop.ref();
onExit(() => console.log(n));
