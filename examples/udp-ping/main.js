// udp-ping: two UDP sockets that send a message to and fro. udp-ping serve [port]: only the one that answers.
const { UDP } = module('udp', {});

const SIZE = 512;
const ROUNDS = 3;

function make(port = 0) {
  const udp = new UDP();
  udp.memory = Buffer.alloc(SIZE);
  udp.setup(udp.memory);
  const rc = udp.bind('127.0.0.1', port);
  if (rc < 0) {
    console.log(udp.error(rc));
    process.exit(1);
  }
  udp.onError((code, message) => console.log(message));
  udp.start();
  return udp;
}

const pong = make(Number(args[3] ?? 0));
pong.onMessage((length, ip, port) => {
  const text = pong.memory.read(0, length);
  if (text === 'end') return pong.close();
  pong.send(pong.memory.write(text.replace('ping', 'pong')), ip, port);
});

if (args[2] === 'serve') {
  console.log(pong.portNumber());
} else {
  const ping = make();
  let round = 1;
  const next = () => ping.send(ping.memory.write(`ping ${round}`), '127.0.0.1', pong.portNumber());
  ping.onMessage((length) => {
    console.log(ping.memory.read(0, length));
    if (++round <= ROUNDS) return next();
    ping.send(ping.memory.write('end'), '127.0.0.1', pong.portNumber());
    ping.close();
  });
  next();
}
