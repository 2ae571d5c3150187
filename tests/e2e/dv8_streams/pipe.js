const { TTY } = module('tty', {});
const buffer = new Buffer().alloc(65536);
const stdin = new TTY(0),
  stdout = new TTY(1);
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
stdout.onClose(() => {
  const counts = [stdin, stdout].map((stream) => {
    const slots = new BigUint64Array(20);
    stream.stats(slots);
    return Array.from(slots, Number);
  });
  print(JSON.stringify(counts));
});
stdin.resume();
