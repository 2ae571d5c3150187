var http = require('node:http');
var net = require('node:net');

var isDraining = false;
var server = http.createServer(function(request, response) {
  if (isDraining) response.setHeader('Connection', 'close');
  response.end('version ' + isolate.data.version + '\n');
});
server.listen({ fd: isolate.data.listen }, function() {
  isolate.env.serving(function drain() {
    isDraining = true;
    // Connections that have a request on its way are not closed.
    net.Server.prototype.close.call(server, function() { isolate.exit(); });
  });
});
