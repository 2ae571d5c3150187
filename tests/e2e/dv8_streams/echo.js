// main.js <tcp or path> <5 or 9>: an echo of one connection, in the way of either vintage of dv8.
const { Socket, TCP, UNIX } = module('socket', {});
const server = new Socket(args[2] === 'tcp' ? TCP : UNIX);
let first;
server.onConnect((fd) => {
  const buffer = new Buffer().alloc(65536);
  const peer = new Socket(args[2] === 'tcp' ? TCP : UNIX);
  if (args[3] === '5') peer.setup(fd, buffer, buffer);
  else peer.setup(buffer, buffer);
  peer.onRead((length) => {
    peer.write(length);
    if (peer.queueSize() > 0) peer.pause();
  });
  peer.onDrain(() => peer.resume());
  peer.onEnd(() => peer.close());
  peer.onClose(() => {
    const slots = new BigUint64Array(20);
    peer.stats(slots);
    print(JSON.stringify([Array.from(slots, Number), Array.from(slots, Number)]));
    server.close();
  });
  if (args[3] === '9') return peer;
  peer.resume();
});
const rc = args[2] === 'tcp' ? server.listen('127.0.0.1', 0) : server.listen(args[2]);
console.log(rc, server.portNumber());
