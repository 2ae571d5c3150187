const { TTY } = module('tty', {});
const t = new TTY(0);
t.setup(new ArrayBuffer(8));
t.onRead(() => print('read'));
t.onEnd(() => print('end'));
setTimeout(() => print('over'), 50);
