const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
u.bind('127.0.0.1');
const port = u.portNumber();
let n = 0;
onUncaughtException((e) => console.log(e.message));
u.onMessage(() => {
  if (++n === 1) {
    u.send(1, '127.0.0.1', port);
    throw new Error('thrown');
  }
  u.close();
  shutdown();
  console.log('second');
});
u.start();
u.send(1, '127.0.0.1', port);
setInterval(() => {}, 1000);
