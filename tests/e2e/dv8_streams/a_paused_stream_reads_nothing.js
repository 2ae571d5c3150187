const { TTY } = module('tty', {});
const t = new TTY(0);
t.setup(new ArrayBuffer(64));
let paused = false;
t.onData((n) => {
  print(`${n} ${paused}`);
  if (n > 1) return;
  t.pause();
  paused = true;
  setTimeout(() => {
    paused = false;
    t.resume();
  }, 200);
});
t.onEnd(() => t.close());
t.resume();
