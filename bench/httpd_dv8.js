// What httpd.py measures of dv8pack: the parser is the program's argument, llhttp or pico.
import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { Socket, TCP } from 'dv8:socket';

const pico = process.argv[2] === 'pico';
const answer = new TextEncoder().encode('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nHello, World!\n');
const server = new Socket(TCP);
server.onConnect((fd) => {
  const socket = new Socket(TCP);
  const input = new Uint8Array(16384);
  const parser = pico ? new PicoHTTPParser() : new HTTPParser();
  socket.setup(fd, input, answer);
  socket.setNoDelay(true);
  parser.setup(input, new Uint8Array(4096));
  if (pico) parser.reset(socket);
  else parser.reset(REQUEST, socket);
  parser.onRequest(() => socket.write(answer.length));
  parser.onError(() => socket.close());
  socket.onEnd(() => socket.close());
  socket.onError(() => socket.close());
  socket.resume();
});
server.listen('127.0.0.1', 0);
console.log(server.portNumber());
