const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
const v = new UDP();
const other = new Uint8Array(8);
v.setup(other, other);
u.bind('127.0.0.1');
v.bind('127.0.0.1');
let next = 0,
  sent = 0;
u.onMessage((n) => {
  if (memory[0] !== next % 256 || n !== 8) console.log('wrong', next, memory[0]);
  if (++next === 5000) {
    console.log(next, sent);
    u.close();
    v.close();
  } else {
    other[0] = next;
    v.send(8, '127.0.0.1', u.portNumber());
  }
});
v.onSend((status) => {
  if (status === 0) sent++;
});
u.start();
v.send(8, '127.0.0.1', u.portNumber());
