const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
u.bind('127.0.0.1');
let got = 0;
u.onMessage(() => got++);
u.start();
u.stop();
u.send(1, '127.0.0.1', u.portNumber());
setTimeout(() => {
  console.log(got);
  u.start();
  setTimeout(() => {
    console.log(got);
    u.close();
  }, 100);
}, 100);
