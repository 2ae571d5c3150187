const { EventLoop } = library('loop', {});
const loop = new EventLoop();
let n = 0;
loop.onIdle(() => {});
loop.onPrepare(() => {
  if (++n === 3) {
    loop.onPrepare();
    loop.onIdle();
  }
});
onExit(() => console.log(n));
