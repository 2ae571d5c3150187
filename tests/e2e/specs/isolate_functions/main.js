var peers = {};

function ready(api, name) {
  peers[name] = api;
  if (peers.a && peers.b) run(peers.a, peers.b).then(function() { isolate.exit(); });
}

async function run(a, b) {
  function mine(x) { return 'mine ' + x; }
  var back = await a.through(mine);
  console.log(typeof back, back === mine, back(1) instanceof Promise, await back(1));
  try {
    new back();
  } catch (error) {
    console.log(error.name, error.message);
  }
  console.log(await a.that(), (await a.each([1, 2, 3], mine)).join());
  await b.keep(await a.make());
  console.log(await b.call(), await (await b.through(a.through))('by way of b'));
}

for (var name of ['a', 'b']) {
  isolate.system.fs.current({ action: 'spawn', path: '/peer.js', data: { name: name }, env: { ready: ready } });
}
