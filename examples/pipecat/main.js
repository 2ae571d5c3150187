// Takes one connection at a UNIX domain socket and writes what it sends to standard output.
const { Socket, UNIX } = module('socket', {});
const { TTY } = module('tty', {});

const path = args[2] ?? '/tmp/pipe.sock';
const buffer = new Buffer().alloc(65536);
const stdout = new TTY(1);
stdout.setup(buffer);

const server = new Socket(UNIX);
server.onConnect((fd) => {
  const peer = new Socket(UNIX);
  peer.setup(fd, buffer, buffer);
  peer.onRead((length) => {
    stdout.write(length);
    if (stdout.queueSize() > 0) peer.pause();
  });
  stdout.onDrain(() => peer.resume());
  peer.onEnd(() => {
    peer.close();
    server.close();
    stdout.close();
  });
  peer.resume();
});
const rc = server.listen(path);
if (rc < 0) {
  print(`${path}: ${server.error(rc)}`);
  shutdown();
}
