const { TTY } = module('tty', {});
const t = new TTY(1);
t.setup(new ArrayBuffer(4096));
t.onError((rc, message) => print(rc, message));
t.onClose(() => {
  const s = new BigUint64Array(20);
  t.stats(s);
  print(s[10]);
});
print(t.write(4096));
t.close();
