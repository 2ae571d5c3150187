var api = isolate.system.udpSocket;
api.createSocket(function(data) {
  handle.send(data.address, data.port, runtime.toBuffer('<' + runtime.bufferToString(data.buf) + '>'));
}).then(function(created) {
  handle = created;
  return bind(39127);
});
var handle;
function bind(port) {
  return handle.bind(port) === handle && isolate.env.listening(port);
}
