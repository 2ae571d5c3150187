// An HTTP server: httpd [port] answers every request with its method and URL.
const { OS } = module('os', {});
const { Process } = module('process', {});
const { Socket, TCP } = module('socket', {});
const { Timer } = module('timer', {});
const { HTTPParser, REQUEST, METHODS } = module('httpParser', {});

const SIZE = 16384;
const URL_AT = 16;
let connections = 0;
let requests = 0;

/** The text of the request's method and URL, which the parser has laid out in `work`. */
function describe(work) {
  const bytes = new Uint8Array(work.bytes);
  return `${METHODS[bytes[2]]} ${work.read(URL_AT, bytes[5] << 8 | bytes[6])}\n`;
}

function accept(fd) {
  const socket = new Socket(TCP);
  const parser = new HTTPParser();
  const [input, output, work] = [new Buffer(), new Buffer(), new Buffer()];
  for (const buffer of [input, output, work]) buffer.alloc(SIZE);
  socket.setup(fd, input, output);
  parser.setup(input, work);
  parser.reset(REQUEST, socket);
  connections++;

  let keepAlive;
  let text;
  parser.onHeaders(() => {
    keepAlive = new Uint8Array(work.bytes)[4] === 1;
    text = describe(work);
  });
  parser.onRequest(() => {
    requests++;
    const size = output.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n${keepAlive ? '' : 'Connection: close\r\n'}\r\n${text}`);
    if (socket.write(size) < size) socket.pause(); // It reads no faster than the client.
    if (!keepAlive) socket.close();
  });
  parser.onError((errno, message) => {
    print(message);
    socket.write(output.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
    socket.close();
  });
  socket.onDrain(() => socket.resume());
  socket.onEnd(() => socket.close());
  socket.onError((rc, message) => { print(message); socket.close(); });
  socket.onClose(() => { connections--; });
  socket.resume();
}

const server = new Socket(TCP);
server.onConnect(accept);
const rc = server.listen('127.0.0.1', Number(args[2] || 0));
if (rc < 0) throw new Error(server.error(rc));
console.log(`pid ${new Process().pid()} listens on port ${server.portNumber()}`);

const timer = new Timer();
timer.start(() => { if (connections > 0) print(`${connections} connections, ${requests} requests`); }, 1000, 1000);

const os = new OS();
os.onSignal(() => {
  timer.close();
  console.log(`${requests} requests`);
  shutdown();
}, 15);
