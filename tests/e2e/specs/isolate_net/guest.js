var net = isolate.system.net;
var ports = isolate.data;

async function attempt(host, port) {
  try {
    var connection = await net.connect({ host: host, port: port });
    connection.close();
    return 'connected to ' + connection.address;
  } catch (error) {
    return error.message;
  }
}

async function talk() {
  var connection = await net.connect({ host: '127.0.0.1', port: ports.echo });
  isolate.env.say(Object.keys(connection).join());
  await connection.write('one ');
  await connection.write(runtime.toBuffer('two'));
  var text = '';
  while (text.length < 7) text += runtime.bufferToString(await connection.read());
  isolate.env.say(text);
  var size = 0;
  var writing = connection.write('x'.repeat(4 << 20));
  while (size < 4 << 20) size += (await connection.read()).byteLength;
  await writing;
  isolate.env.say(String(size));
  isolate.env.say(await connection.write(5).catch(function(error) { return error.message; }));
  var last = connection.read();
  await connection.close();
  isolate.env.say(String(await last) + ' ' + await connection.write('late').then(String, function(error) { return error.message.split(':')[0]; }));
}

async function follow(port) {
  var connection = await net.connect({ host: '127.0.0.1', port: port });
  await connection.write('GET / HTTP/1.1\r\n\r\n');
  var text = runtime.bufferToString(await connection.read());
  connection.close();
  var location = /Location: http:\/\/([\d.]+):(\d+)/.exec(text);
  return attempt(location[1], Number(location[2]));
}

async function run() {
  await talk();
  for (var host of ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:0001', 'allowed.test', 'ALLOWED.test.', 'rebound.test', '::1', 'localhost', '127.1', '2130706433',
                    '0x7f.0.0.1', '0177.0.0.1', '0.0.0.0', '127.0.0.2', '[127.0.0.1]', '::127.0.0.1', '64:ff9b::7f00:1', '127.0.0.1\0', 'allowed.test\0.test',
                    'other.test', '', ' 127.0.0.1', '::ffff:127.0.0.1%lo']) {
    isolate.env.say([JSON.stringify(host), await attempt(host, ports.echo), await attempt(host, ports.secret)].join(' | '));
  }
  isolate.env.say('redirect: ' + await follow(ports.redirect));
  for (var port of [0, -1, 65536, 1.5, NaN, '80', undefined, null]) isolate.env.say(await attempt('127.0.0.1', port));
  for (var odd of [undefined, null, 5, {}, ['127.0.0.1'], function() { return '127.0.0.1'; }]) isolate.env.say(await attempt(odd, ports.echo));
  isolate.env.say(await net.connect().catch(String));
  isolate.env.say(await net.connect({ host: '127.0.0.1', port: ports.echo, address: '127.0.0.1', lookup: null }).then(function(connection) { connection.close(); return 'connected'; }));
  function take() {}
  for (var on of [{ address: '127.0.0.1', port: ports.secret }, { address: '0.0.0.0', port: 0 }, { address: '::', port: 0 }, { address: '::ffff:0.0.0.0', port: 0 },
                  { address: '127.0.0.2', port: 0 }, { address: 'localhost', port: 0 }, { port: 0 }, { address: '127.0.0.1' }, { address: '127.0.0.1', port: 0, onConnection: 5 }]) {
    isolate.env.say(await net.listen({ onConnection: take, ...on }).then(function() { return 'listens'; }, String));
  }
  var server = await net.listen({ address: '127.0.0.1', port: 0, async onConnection(connection) { await connection.write('<' + runtime.bufferToString(await connection.read()) + '>'); } });
  isolate.env.say(await isolate.env.listening(server.port));
  isolate.exit({ done: true, port: server.port });
}

run().catch(function(error) { isolate.env.say(error.stack); isolate.exit({ done: false }); });
