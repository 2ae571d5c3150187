// node:http's part in httpd.py.
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 14 });
  response.end('Hello, World!\n');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
