const { EventLoop } = library('loop', {});
const loop = new EventLoop();
let n = 0;
onUncaughtException((e) => console.log(e.message));
loop.onIdle(() => {
  if (++n === 2) loop.onIdle();
  throw new Error('no ' + n);
});
