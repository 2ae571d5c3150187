const { EventLoop } = library('loop', {});
const loop = new EventLoop();
loop.onIdle(() => {});
setInterval(() => {}, 1000);
loop.onCheck(() => {
  shutdown();
  console.log('shut');
});
