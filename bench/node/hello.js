// node:http's part in http.py: hello.js PORT.
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 14 });
  response.end('Hello, World!\n');
});
server.listen(Number(process.argv[2]), '127.0.0.1');
