isolate.system.fs.current({ action: 'spawn', path: '/peer.js', env: { ready: ready } });

function ready(api) {
  for (var i = 0; i < 10000; i++) api.add(i);
  console.log(runtime.syncRPC(api.inOrder()));
  console.log(runtime.syncRPC(api.slow('slow')));
  var later = api.slow('first');
  var settled = false;
  later.then(function() { settled = true; });
  console.log(runtime.syncRPC(api.add(10000)), settled, runtime.syncRPC(later), settled);
  try {
    runtime.syncRPC(Promise.resolve());
  } catch (error) {
    console.log(error.name, error.message);
  }
  for (var value of [undefined, {}, 5]) {
    try {
      runtime.syncRPC(value);
    } catch (error) {
      console.log(error.message);
    }
  }
  api.back(function(text) { console.log(text); return 'to the peer'; }).then(function(value) {
    console.log(value);
    isolate.exit();
  });
}
