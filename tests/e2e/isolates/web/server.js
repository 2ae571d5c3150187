var http = require('node:http');
var net = require('node:net');

var isDraining = false;
var server = http.createServer(function(request, response) {
  if (isDraining) response.setHeader('Connection', 'close');
  response.end('version ' + isolate.data.version + '\n');
});
function drain() {
  isDraining = true;
  // Connections that have a request on its way are not closed.
  net.Server.prototype.close.call(server, function() { isolate.exit(); });
}
server.listen({ fd: isolate.data.listen }, function() {
  // The first has connections when the second overtakes it.
  setTimeout(isolate.env.serving, [500, 200][isolate.data.version] ?? 0, drain);
});
