const { Socket, TCP } = module('socket', {});
const server = new Socket(TCP),
  m = new Uint8Array(8);
server.onConnect(
  args[2] === 'late'
    ? (fd) => {
        server.close();
        setTimeout(() => {
          const peer = new Socket(TCP);
          peer.setup(fd, m, m);
          peer.writeText('late');
          peer.close();
        }, 50);
      }
    : () => {
        server.close();
      },
);
console.log(server.listen('127.0.0.1', 0), server.portNumber());
setTimeout(() => {}, 500);
