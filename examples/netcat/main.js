// Sends standard input to a UNIX domain socket, or to a TCP port when there are two arguments.
const { Socket, TCP, UNIX } = module('socket', {});
const { TTY } = module('tty', {});

const [, , where = '/tmp/pipe.sock', port] = args;
const buffer = new Buffer().alloc(65536);
const stdin = new TTY(0);
const socket = new Socket(port === undefined ? UNIX : TCP);
stdin.setup(buffer);
socket.setup(buffer, buffer);

stdin.onRead((length) => {
  socket.write(length);
  if (socket.queueSize() > 0) stdin.pause();
});
socket.onDrain(() => stdin.resume());
stdin.onEnd(() => {
  stdin.close();
  socket.close();
});
socket.onConnect(() => stdin.resume());
socket.onError((rc, message) => {
  print(`${where}: ${message}`);
  shutdown();
});
const rc = socket.connect(where, Number(port));
if (rc < 0) {
  print(`${where}: ${socket.error(rc)}`);
  shutdown();
}
