const { Socket, TCP } = module('socket', {});
const server = new Socket(TCP),
  m = new Uint8Array(64);
server.onConnect(() => {
  const peer = new Socket(TCP);
  peer.setup(m, m);
  peer.onRead((n) => peer.write(n));
  peer.onEnd(() => {
    peer.close();
    server.close();
  });
  return peer;
});
console.log(server.listen(Number(args[2])), server.portNumber());
