const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
const v = new UDP();
console.log(v.start(), u.bind('no ip', 1), u.bind('192.0.2.1', 0), u.send(1, 'no ip', 1), new UDP().open(99), u.error(-98));
for (const f of [
  () => u.bind('127.0.0.1', -1),
  () => u.send(65537, '127.0.0.1', 1),
  () => u.send(1, '127.0.0.1', 99999),
  () => v.send(1, '127.0.0.1', 1),
  () => u.onMessage(1),
  () => u.setup(5),
  () => u.open(-1),
  () => u.open(2 ** 40),
])
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
console.log(u.bind('127.0.0.1'), u.setBroadcast(true), u.setBroadcast(0, false));
v.close();
u.close();
