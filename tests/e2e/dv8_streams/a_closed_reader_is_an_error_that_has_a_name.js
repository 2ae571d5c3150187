const { TTY } = module('tty', {});
const out = new TTY(1);
out.setup(new ArrayBuffer(1 << 20));
out.onError((rc, message) => {
  print(rc, message);
  out.close();
});
setTimeout(() => print(out.write(1 << 20)), 200);
