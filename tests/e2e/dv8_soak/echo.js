const { Socket, TCP } = module('socket', {});
const { OS } = module('os', {});
const server = new Socket(TCP);
let taken = 0,
  closed = 0;
server.onConnect(() => {
  taken++;
  const peer = new Socket(TCP);
  const buffer = new Buffer().alloc(65536);
  peer.setup(buffer, buffer);
  peer.onRead((length) => {
    peer.write(length);
    if (peer.queueSize() > 0) peer.pause();
  });
  peer.onDrain(() => peer.resume());
  peer.onEnd(() => peer.close());
  peer.onError(() => peer.close(0));
  peer.onClose(() => {
    closed++;
  });
  return peer;
});
console.log(server.listen('127.0.0.1', 0), server.portNumber());
const os = new OS();
os.onSignal(() => {
  console.log(taken, closed);
  server.close();
  return 1;
});
