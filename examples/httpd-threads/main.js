// httpd-threads [port [threads]]: an HTTP server of several threads, each with a socket of its own at the same
// port: the kernel spreads the connections (SO_REUSEPORT). Any request for /quit ends all of them.
const port = Number(args[2] ?? 8080);
const count = Number(args[3] ?? 2);
const memory = new Int32Array(new SharedArrayBuffer(8)); // Whether it is over; the port.
const { Thread } = module('thread', {});
memory[1] = port;

// A thread's program: it sees nothing of this file but `workerData`.
function serve() {
  const { Socket, TCP } = module('socket', {});
  const { HTTPParser, REQUEST } = module('httpParser', {});
  const { Timer } = module('timer', {});
  const SIZE = 16384;
  const OVER = -1;
  const numbers = new Int32Array(workerData.bytes);
  const server = new Socket(TCP);
  const connections = new Set();
  const free = [];

  function accept() {
    const socket = new Socket(TCP);
    const { parser, input, output, work } = free.pop() ?? { parser: new HTTPParser(), input: Buffer.alloc(SIZE), output: Buffer.alloc(SIZE), work: Buffer.alloc(SIZE) };
    const bytes = new Uint8Array(work.bytes);
    socket.setup(input, output);
    parser.setup(input, work);
    parser.onRequest(() => {
      const url = work.read(16, bytes[5] << 8 | bytes[6]);
      const text = `thread answers ${url}\n`;
      const size = output.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
      if (socket.write(size) < size) socket.pause();
      if (url === '/quit') Atomics.store(numbers, 0, OVER);
      if (bytes[4] !== 1) socket.close();
    });
    parser.onError(() => socket.close());
    parser.reset(REQUEST, socket);
    socket.onDrain(() => socket.resume());
    socket.onEnd(() => socket.close());
    socket.onError(() => socket.close());
    socket.onClose(() => {
      connections.delete(socket);
      free.push({ parser, input, output, work });
    });
    connections.add(socket);
    return socket;
  }

  server.onConnect(accept);
  const rc = server.listen('127.0.0.1', numbers[1]);
  if (rc < 0) throw new Error(server.error(rc));
  console.log('a thread listens');
  const timer = new Timer();
  timer.start(() => {
    if (Atomics.load(numbers, 0) !== OVER) return;
    timer.close();
    server.close();
    for (const socket of connections) socket.close();
  }, 20, 20);
}

let running = count;
for (let i = 0; i < count; i++) {
  new Thread().start(serve, (error, status) => {
    if (error) console.log(error.message);
    if (--running === 0) console.log('all threads have ended');
  }, memory);
}
