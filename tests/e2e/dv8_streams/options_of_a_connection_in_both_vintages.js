const { Socket, TCP } = module('socket', {});
const s = new Socket(TCP),
  m = new Uint8Array(8),
  fd = Number(args[2]);
const calls = {
  later: () => [s.setNoDelay(true), s.setKeepAlive(true, 7)],
  earlier: () => [s.setNoDelay(fd, true), s.setKeepAlive(fd, true, 8)],
  off: () => [s.setNoDelay(true) + s.setNoDelay(false), s.setKeepAlive(true, 9) + s.setKeepAlive(false)],
};
console.log(s.setup(fd, m, m), ...calls[args[3]]());
s.close(0);
