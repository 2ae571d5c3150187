// A server and a client of it, which say something and end.
'use strict';

const net = require('net');

exports.run = ({ settle }) => {
  const server = net.createServer((socket) => {
    socket.on('data', (bytes) => { socket.write(bytes); });
    socket.on('end', () => { socket.end(); });
  });
  server.listen(1, () => { server.address(); });
  settle();
  const socket = net.connect({ port: 1, host: 'localhost' }, () => { socket.write('rehearsal'); });
  socket.setEncoding('utf8');
  socket.on('data', () => { socket.end(); });
  socket.on('close', () => { server.close(); });
  settle();
};
