const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
console.log(u.bind(args[2], 0), u.portNumber(), u.getPeerName());
u.onMessage((n, ip, port) => {
  console.log(n, ip, port, memory[0]);
  u.send(n, ip, port);
  if (n === 0) u.close();
});
u.start();
