import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { Socket, TCP } from 'dv8:socket';
import { gc } from 'dv8:core';
let made = 0,
  closed = 0,
  freed = 0;
const registry = new FinalizationRegistry(() => {
  freed++;
});
const server = new Socket(TCP);
server.onConnect(() => {
  const socket = new Socket(TCP),
    input = Buffer.alloc(512);
  const Parser = made++ % 2 ? HTTPParser : PicoHTTPParser;
  const parser = new Parser();
  registry.register(parser, 1);
  parser.setup(input, Buffer.alloc(512));
  Parser === HTTPParser ? parser.reset(REQUEST, socket) : parser.reset(socket);
  parser.onRequest(() => socket.close());
  socket.setup(undefined, Buffer.alloc(16));
  socket.onClose(() => {
    closed++;
  });
  return socket;
});
server.listen('127.0.0.1', 0);
const next = () => {
  if (closed === 60) {
    let turns = 0;
    const wait = () => {
      gc();
      if (freed < 55 && turns++ < 100) setTimeout(wait, 10);
      else {
        console.log(freed >= 55);
        server.close();
      }
    };
    wait();
    return;
  }
  const client = new Socket(TCP);
  client.setup(new Uint8Array(100), new Uint8Array(100));
  client.onConnect(() => client.writeText('GET / HTTP/1.1\r\n\r\n'));
  client.onEnd(() => client.close());
  client.onClose(() => setTimeout(next, 0));
  client.connect('127.0.0.1', server.portNumber());
};
next();
