const { EventLoop } = library('loop', {});
const loop = new EventLoop();
let n = 0;
let after;
loop.onIdle(() => n++);
loop.onPrepare(() => n++);
loop.onCheck(() => n++);
setTimeout(() => {
  loop.reset();
  after = n;
  setTimeout(() => console.log(after > 0, n === after), 20);
}, 10);
