const { TTY } = module('tty', {});
const t = new TTY(1);
t.setup(new Uint8Array([65, 66, 67, 10]));
t.onWrite((n, status) => print('written', n, status));
print('gave', t.write(2, 2), t.writeText('h\u00e9\n'));
