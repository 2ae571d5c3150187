const { TTY } = module('tty', {});
const out = new TTY(1);
out.setup(new ArrayBuffer(8));
out.onError(() => {
  const s = new BigUint64Array(20);
  out.stats(s);
  print(s[1]);
  out.close();
});
setTimeout(() => out.write(8), 200);
