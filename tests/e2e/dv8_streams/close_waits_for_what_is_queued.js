const { TTY } = module('tty', {});
const t = new TTY(1);
t.setup(new Uint8Array(1 << 20).fill(120));
print(t.write(1 << 20) < 1 << 20);
t.onClose(() => print('closed'));
t.close();
t.close();
print(t.write(1));
