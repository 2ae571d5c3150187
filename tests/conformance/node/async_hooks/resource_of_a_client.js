// What a client's parser calls belongs to the request's own resource, as what a server's parser calls does to its.
const { createHook, executionAsyncResource } = require('async_hooks');
const http = require('http');

createHook({ init() {} }).enable();
const server = http.createServer((request, response) => {
  console.log('server:', executionAsyncResource().constructor.name);
  response.end('done');
}).listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, agent: false }, (response) => {
    console.log('client:', executionAsyncResource().constructor.name);
    response.resume().on('end', () => server.close());
  });
});
