const { Socket, TCP } = module('socket', {});
const c = new Socket(TCP);
const b = new Buffer();
b.alloc(64);
if (args[3] === '9') {
  c.setup(b.bytes, b.bytes);
  c.onConnect(() => {
    c.writeText('hi');
  });
} else
  c.onConnect((fd) => {
    print(typeof fd);
    c.setup(fd, b.bytes, b.bytes);
    b.write('hi');
    c.write(2);
    c.resume();
  });
c.onRead((n) => {
  console.log(b.read(0, n), c.remoteAddress(), c.portNumber() === Number(args[2]), c.setNoDelay(true), c.setKeepAlive(true, 5));
  c.close();
});
console.log(c.connect('127.0.0.1', Number(args[2])));
