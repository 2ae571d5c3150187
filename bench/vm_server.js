// vm.py's server: vm_server.js PORT. It says when it listens: vm.py asks then.
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 14 });
  response.end('Hello, World!\n');
});
server.listen(Number(process.argv[2]), '0.0.0.0', () => console.log('listening'));
