const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
console.log(u.open(Number(args[2])), u.portNumber());
u.onMessage((n, ip, port) => {
  u.send(n, ip, port);
  u.close();
});
u.start();
