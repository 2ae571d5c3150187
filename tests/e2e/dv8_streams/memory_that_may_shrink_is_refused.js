const { TTY } = module('tty', {});
const t = new TTY(1);
try {
  t.setup(new ArrayBuffer(8, { maxByteLength: 16 }));
  print('no error');
} catch (e) {
  print(`${e.name}: ${e.message}`);
}
