const { TTY, UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW } = module('tty', {});
const tty = new TTY(0),
  memory = new ArrayBuffer(8);
print(tty.setup(memory, UV_TTY_MODE_RAW));
tty.onRead(() => {
  print(tty.setup(memory, UV_TTY_MODE_NORMAL));
  tty.onRead(() => tty.close());
});
tty.resume();
