const { Socket, TCP, UNIX } = module('socket', {});
const c = new Socket(TCP);
c.setup(new ArrayBuffer(8));
c.onError((rc, message) => {
  console.log(rc, message, c.error(rc) === message);
  c.close();
  c.close();
});
c.onClose(() => console.log('closed', c.write(1)));
console.log(
  c.connect('127.0.0.1', Number(args[2])),
  new Socket(UNIX).connect('/nowhere/s.sock'),
  new Socket(TCP).connect('not an ip', 1),
  new Socket(UNIX).listen('/nowhere/s.sock'),
);
for (const f of [
  () => new Socket(7),
  () => c.connect('127.0.0.1', 70000),
  () => c.listen('127.0.0.1', -1),
  () => c.setKeepAlive(true, 0.5),
])
  try {
    f();
  } catch (e) {
    console.log(e.message);
  }
