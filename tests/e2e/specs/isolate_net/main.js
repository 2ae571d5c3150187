var lookups = [];
var addresses = {
  'allowed.test': ['127.0.0.1'],
  'rebound.test': [{ address: '127.0.0.1' }, { address: '::1' }, { address: '::ffff:127.0.0.1' }, { address: '::ffff:7f00:1' }, { address: '::127.0.0.1' },
                   { address: '64:ff9b::7f00:1' }, { address: '2002:7f00:1::' }, { address: '169.254.169.254' }, { address: '10.0.0.1' },
                   { address: '0.0.0.0' }, { address: 'fe80::1' }, { address: 'fe80::1%lo' }, { address: 'not an address' }],
};
function lookup(name) {
  lookups.push(name);
  return Promise.resolve(addresses[name] || []);
}

async function echo(connection) {
  for (;;) {
    var bytes = await connection.read();
    if (bytes === undefined) break;
    await connection.write(bytes);
  }
  connection.close();
}

async function redirect(connection) {
  await connection.read();
  await connection.write('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:' + secret.port + '/\r\n\r\n');
  connection.close();
}

async function count(connection) {
  reached++;
  connection.close();
}

var host = isolate.net({ connect: ['127.0.0.0/8:*'], listen: ['127.0.0.1:0', '127.0.0.1:*'] });
var secret;
var reached = 0;
var kept;

function refusal(make) {
  try {
    return typeof make();
  } catch (error) {
    return error.message;
  }
}

async function start() {
  for (var rule of ['127.0.0.1', ':80', '127.0.0.1:', '127.0.0.1:80-70', '127.0.0.1:65536', '1.2.3:80', '1.2.3.4/33:80', '[::1]/129:80', '::1:80', '[1.2.3.4]:80', 5]) {
    console.log(refusal(function() { return isolate.net({ connect: [rule] }); }));
  }
  console.log(refusal(function() { return isolate.net({ connect: ['name.test:80'] }); }), refusal(function() { return isolate.net({ listen: ['name.test:80'] }); }));
  var server = await host.listen({ address: '127.0.0.1', port: 0, onConnection: echo });
  var redirecting = await host.listen({ address: '127.0.0.1', port: 0, onConnection: redirect });
  secret = await host.listen({ address: '127.0.0.1', port: 0, onConnection: count });
  var ports = { echo: server.port, redirect: redirecting.port, secret: secret.port };
  isolate.spawn({
    path: '/guest.js',
    sandbox: true,
    data: ports,
    system: { net: isolate.net({ connect: ['127.0.0.1:' + ports.echo, '127.0.0.1:' + ports.redirect, 'allowed.test:*', 'rebound.test:*'], listen: ['127.0.0.1:0'], lookup }) },
    env: {
      say: function(text) { console.log(text); },
      listening: async function(port) {
        kept = await host.connect({ host: '127.0.0.1', port });
        await kept.write('to the guest');
        return runtime.bufferToString(await kept.read());
      },
    },
    onExit: async function(value) {
      console.log(value.done, 'reached', reached, lookups.join());
      console.log(await kept.read().then(String, function() { return 'reset'; }));
      console.log(await host.connect({ host: '127.0.0.1', port: value.port }).then(String, function(error) { return error.message; }));
      isolate.exit();
    },
  });
}

start();
