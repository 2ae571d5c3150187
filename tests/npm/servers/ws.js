// ws beside Node in servers.py: ws.js PORT.
const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');

const server = createServer((request, response) => response.end('Hello'));
const sockets = new WebSocketServer({ server, path: '/socket', perMessageDeflate: true });
sockets.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('ping', () => socket.send('pinged'));
});
server.listen(Number(process.argv[2]), '127.0.0.1');
