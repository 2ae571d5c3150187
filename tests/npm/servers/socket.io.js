// socket.io beside Node in servers.py: socket.io.js PORT.
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const server = createServer((request, response) => response.end('Hello'));
const io = new Server(server, { httpCompression: { threshold: 0 }, perMessageDeflate: { threshold: 0 } });
io.use((socket, next) => next(socket.handshake.auth.secret === 'wrong' ? new Error('refused') : undefined));
io.on('connection', (socket) => {
  socket.join('all');
  socket.on('echo', (...values) => {
    const answer = typeof values.at(-1) === 'function' ? values.pop() : undefined;
    if (answer === undefined) io.to('all').emit('echoed', ...values);
    else answer(...values);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
