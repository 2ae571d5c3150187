// Sends every datagram back. The port is the first argument; without one it is a free one.
const { UDP } = library('udp', {});
const { OS } = library('os', {});

const buffer = new Buffer().alloc(65536);
const udp = new UDP();
udp.setup(buffer, buffer);
const rc = udp.bind('127.0.0.1', Number(args[2] ?? 0));
if (rc < 0) {
  print(udp.error(rc));
  shutdown();
} else {
  udp.onMessage((length, ip, port) => udp.send(length, ip, port));
  udp.onError((code, message) => print(message));
  udp.start();
  console.log(`port ${udp.portNumber()}`);
  const os = new OS();
  os.onSignal(() => {
    udp.close();
    return 1;
  });
}
