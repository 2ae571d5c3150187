const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
u.bind('127.0.0.1');
u.start();
u.unref();
console.log('end');
