const { TTY } = module('tty', {});
const t = new TTY(0),
  memory = new ArrayBuffer(4);
let reads = 0;
t.setup(memory);
t.onEnd(() => print('end'));
t.onRead((n) => {
  print(n);
  if (++reads === 1) t.setup(new ArrayBuffer(0));
});
t.onError((rc, message) => {
  print(message);
  t.setup(memory);
  t.resume();
});
t.resume();
