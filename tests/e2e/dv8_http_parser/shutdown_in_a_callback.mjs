import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { Socket, TCP } from 'dv8:socket';
import { shutdown } from 'dv8:core';
const Parser = process.argv[2] === 'HTTPParser' ? HTTPParser : PicoHTTPParser;
const server = new Socket(TCP),
  client = new Socket(TCP);
server.onConnect(() => {
  const socket = new Socket(TCP),
    input = Buffer.alloc(512),
    parser = new Parser();
  socket.setup(input, Buffer.alloc(16));
  parser.setup(input, Buffer.alloc(512));
  Parser === HTTPParser ? parser.reset(REQUEST, socket) : parser.reset(socket);
  parser.onRequest(() => {
    shutdown();
    console.log('shut');
  });
  return socket;
});
server.listen('127.0.0.1', 0);
client.setup(new Uint8Array(8));
client.onConnect(() => client.writeText('GET / HTTP/1.1\r\n\r\n'.repeat(2)));
client.connect('127.0.0.1', server.portNumber());
setInterval(() => {}, 1000);
