const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
u.open(Number(args[2]));
console.log(u.setBroadcast(...JSON.parse(args[3])));
u.close();
