const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
u.bind('127.0.0.1');
u.onClose(() => {
  console.log('closed', u.start(), u.send(1, '127.0.0.1', 9), u.bind('127.0.0.1'), u.portNumber());
  u.close();
});
u.start();
u.close();
u.close();
u.stop();
console.log(u.start());
