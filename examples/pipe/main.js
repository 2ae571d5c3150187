// Copies standard input to standard output. One buffer serves both: what cannot be written at
// once is copied by write(), and reading waits until that has gone out.
const { TTY } = module('tty', {});

const buffer = new Buffer().alloc(65536);
const stdin = new TTY(0);
const stdout = new TTY(1);
stdin.setup(buffer);
stdout.setup(buffer);

stdin.onRead((length) => {
  stdout.write(length);
  if (stdout.queueSize() > 0) stdin.pause();
});
stdout.onDrain(() => stdin.resume());
stdin.onEnd(() => {
  stdin.close();
  stdout.close();
});
stdout.onError((rc, message) => {
  print(message);
  shutdown();
});
stdin.resume();
