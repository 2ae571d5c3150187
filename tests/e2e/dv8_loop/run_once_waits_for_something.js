const { EventLoop, UV_RUN_NOWAIT, UV_RUN_ONCE } = library('loop', {});
const { Timer } = library('timer', {});
const loop = new EventLoop(),
  t = new Timer();
let fired = false,
  turns = 0;
t.start(() => {
  fired = true;
}, 100);
loop.run(UV_RUN_NOWAIT);
console.log(fired);
while (!fired && turns < 1000) {
  turns++;
  loop.run(UV_RUN_ONCE);
}
console.log(fired, turns < 1000);
