var api = isolate.system.udpSocket;

async function client(port) {
  var socket = await api.createSocket(function(data) {
    console.log(runtime.bufferToString(data.buf), data.buf instanceof ArrayBuffer, data.address, data.port === port, data.size);
    if (data.size === 4) isolate.exit();
  }, function(error) { console.log('error', error); });
  for (var bad of [0, 65536, -1, 1.5, '80', undefined]) console.log(await api.bindSocket(socket, bad).catch(String));
  var text = runtime.toBuffer('x');
  for (var args of [['127.0.0.1', 0, text], ['here', port, text], ['256.1.1.1', port, text], ['127.0.0.1', port, 'text'], ['127.0.0.1', port]]) {
    console.log(await api.send(socket, ...args).catch(String));
  }
  var buffer = runtime.toBuffer('hello');
  console.log(await api.send(socket, '127.0.0.1', port, buffer), buffer.byteLength);
  await socket.send('127.0.0.1', port, runtime.toBuffer('hello'), 1, 2);
}

isolate.system.fs.current({ action: 'spawn', path: '/server.js', env: { listening: client } });
