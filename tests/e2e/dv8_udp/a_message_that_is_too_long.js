const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
const v = new UDP();
v.setup(new Uint8Array(4), new Uint8Array(16));
v.bind('127.0.0.1');
u.bind('127.0.0.1');
v.onError((rc, message) => {
  console.log(rc, message);
  v.close();
  u.close();
});
v.onMessage(() => console.log('no'));
v.start();
u.send(16, '127.0.0.1', v.portNumber());
