const { TTY, UV_TTY_MODE_RAW } = module('tty', {});
const b = new Buffer();
const tty = new TTY(0);
console.log('mode', tty.setup(b.alloc(64), UV_TTY_MODE_RAW));
tty.onRead((n) => {
  console.log(JSON.stringify(b.read(0, n)));
  if (b.read(0, n) === 'q') tty.close();
});
tty.resume();
