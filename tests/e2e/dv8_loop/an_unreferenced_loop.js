const { EventLoop } = library('loop', {});
const loop = new EventLoop();
let n = 0;
loop.onIdle(() => n++);
loop.unref();
onExit(() => console.log(n < 2));
