const http = require('http');
const net = require('net');
const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end('hello\n');
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  client.on('data', (answer) => console.log(answer.length > 0));
  client.on('close', () => server.close());
});
