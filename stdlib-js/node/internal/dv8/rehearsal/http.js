// Requests and answers with and without bodies, on connections that are kept and that are not.
'use strict';

const http = require('http');
const net = require('net');

function answer(request, response) {
  const chunks = [];
  request.on('data', (chunk) => { chunks.push(chunk); });
  request.on('end', () => {
    if (request.url === '/plain') {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 9 });
      response.end('rehearsal');
    } else if (request.url === '/chunks') {
      response.setHeader('Content-Type', 'text/plain');
      response.write('rehearsal');
      response.end(Buffer.from('rehearsal'));
    } else {
      response.statusCode = 200;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ size: Buffer.concat(chunks).length, host: request.headers.host }));
    }
  });
}

exports.run = ({ settle, elapse }) => {
  const server = http.createServer(answer);
  server.listen(2, '127.0.0.1', () => { server.address(); });
  settle();

  // A client whose requests come as text, as most do.
  const socket = net.connect(2, '127.0.0.1');
  socket.on('data', () => {});
  socket.write('GET /plain HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rehearsal\r\nAccept: */*\r\n\r\n');
  settle();
  socket.write('GET /chunks HTTP/1.1\r\nHost: localhost\r\n\r\n');
  settle();
  socket.write('GET /json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  settle();

  const agent = new http.Agent({ keepAlive: true });
  const heard = (response) => {
    response.setEncoding('utf8');
    response.on('data', () => {});
    response.on('end', () => {});
  };
  http.get('http://localhost:2/plain', heard);
  settle();
  http.get({ agent, port: 2, path: '/chunks' }, heard);
  settle();
  const request = http.request({ agent, port: 2, path: '/', method: 'POST', headers: { 'Content-Type': 'application/json' } }, heard);
  request.write('{');
  request.end('}');
  settle();
  agent.destroy();
  server.close();
  server.closeAllConnections();
  settle();
  elapse();
};
