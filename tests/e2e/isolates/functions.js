// Passes functions to an isolate and takes functions from it, as many as the argument says; tells what memory that has cost.
var COUNT = Number(isolate.data.command);
var AT_ONCE = 100;

async function ready(api) {
  var memory = [];
  for (var part = 0; part < 5; part++) {
    for (var i = 0; i < COUNT / 10; i += AT_ONCE) {
      var calls = [];
      for (var j = 0; j < AT_ONCE; j++) calls.push(api.take(function() {}), api.make());
      await Promise.all(calls);
    }
    memory.push(process.memoryUsage().rss >> 20);
  }
  console.log(JSON.stringify(memory));
  isolate.exit();
}

isolate.spawn({ code: 'isolate.env.ready({ take() {}, make() { return () => 1; } });', env: { ready: ready } });
