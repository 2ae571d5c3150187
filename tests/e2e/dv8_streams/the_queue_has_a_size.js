const { TTY } = module('tty', {});
const t = new TTY(1);
t.setup(new ArrayBuffer(1 << 20));
const now = t.write(1 << 20);
print(now > 0 && now < 1 << 20, t.queueSize() === (1 << 20) - now, t.writeString('hé'));
t.onDrain(() => {
  print('drained', t.queueSize());
  t.close();
});
