import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { Socket, TCP } from 'dv8:socket';
const Parser = process.argv[2] === 'pico' ? PicoHTTPParser : HTTPParser;
const server = new Socket(TCP);
server.onConnect(() => {
  const socket = new Socket(TCP),
    input = Buffer.alloc(4096),
    work = Buffer.alloc(2048);
  socket.setup(input, Buffer.alloc(4096));
  const parser = new Parser();
  parser.setup(input, work);
  Parser === HTTPParser ? parser.reset(REQUEST, socket) : parser.reset(socket);
  let body = '',
    keep,
    url;
  parser.onHeaders(() => {
    keep = work[4] === 1;
    if (work[3] === 1)
      socket.onRead((n) => {
        socket.writeText('raw ' + input.toString('latin1', 0, n));
      });
    url = work.toString('latin1', 16, 16 + work.readUInt16BE(5));
  });
  parser.onBody((n, at) => {
    body += input.toString('latin1', at, at + n);
  });
  parser.onRequest(() => {
    if (url === '/throw') throw new Error('thrown');
    if (url === '/pause') {
      parser.pause();
      setTimeout(() => parser.resume(), 20);
    }
    const text = `${url} ${body}\n`;
    body = '';
    socket.writeText(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
    if (url === '/close' || !keep) socket.close();
    if (url === '/quit') {
      server.close();
      socket.close();
    }
  });
  socket.onEnd(() => socket.close());
  parser.onError((errno, message) => {
    socket.writeText(`HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n`);
    socket.close();
  });
  return socket;
});
process.on('uncaughtException', (e) => console.log('uncaught', e.message));
server.listen('127.0.0.1', 0);
console.log(server.portNumber());
