// https CERTIFICATE KEY [port]: HTTP over TLS. The parser gets what the connection has decrypted.
const { Socket, TCP } = module('socket', {});
const { HTTPParser, REQUEST, METHODS } = module('httpParser', {});
const { SecureContext, SecureSocket } = module('openssl', {});

const SIZE = 32768;
const [certificate, key, port = '0'] = args.slice(2);
const context = new SecureContext();
if (certificate === undefined || context.setup(0, certificate, key) !== 0) {
  console.log('https CERTIFICATE KEY [port]: the certificate or the key cannot be used');
  process.exit(1);
}

function accept() {
  const socket = new Socket(TCP);
  const secure = new SecureSocket();
  const parser = new HTTPParser();
  const [input, output, work] = [Buffer.alloc(SIZE), Buffer.alloc(SIZE), Buffer.alloc(SIZE)];
  const bytes = new Uint8Array(work.bytes);
  let url;
  let method;
  let size = 0;
  socket.setup(input, output);
  secure.setup(context, socket);
  parser.setup(input, work);
  parser.reset(REQUEST, socket);
  parser.onHeaders(() => {
    method = METHODS[bytes[2]];
    url = work.read(16, bytes[5] << 8 | bytes[6]);
    size = 0;
  });
  parser.onBody((length) => { size += length; });
  parser.onRequest(() => {
    const text = `${method} ${url} with ${size} bytes over ${secure.protocol()}\n`;
    secure.write(output.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`));
    if (url === '/quit') server.close();
  });
  parser.onError((errno, message) => {
    print(message);
    socket.close();
  });
  secure.onEnd(() => {
    secure.finish();
    socket.close();
  });
  secure.onError((number, message) => {
    print(message);
    socket.close();
  });
  socket.onError(() => socket.close());
  socket.onEnd(() => socket.close());
  return socket;
}

const server = new Socket(TCP);
server.onConnect(accept);
const rc = server.listen('127.0.0.1', Number(port));
if (rc < 0) throw new Error(server.error(rc));
console.log(server.portNumber());
