const { TTY } = module('tty', {});
const t = new TTY(1);
t.setup(new ArrayBuffer(1 << 20));
const full = t.write(8),
  part = t.write(1 << 20),
  none = t.write(16);
print(full, part > 0 && part < 1 << 20, none);
t.onDrain(() => t.close());
t.onClose(() => {
  const s = new BigUint64Array(20).fill(99n);
  t.stats(s);
  s[14] += BigInt(part);
  print(s.join());
});
