function end(name, code, options) {
  return new Promise(function(resolve) {
    var begun = Date.now();
    isolate.spawn(Object.assign({
      code: code,
      onExit: function(value, reason) {
        console.log(name, value, reason, Date.now() - begun < 30000);
        resolve();
      },
    }, options));
  });
}

async function run() {
  var ticks = 0;
  var timer = setInterval(function() { ticks++; }, 10);
  for (var sandbox of [false, true]) {
    await end('objects', 'var all = []; for (;;) all.push({ a: [1, 2, 3] });', { sandbox: sandbox, limits: { memory: 32 << 20 } });
    await end('buffers', 'var all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));', { sandbox: sandbox, limits: { memory: 32 << 20 } });
    await end('garbage', 'for (var i = 0; i < 1e6; i++) new Array(20); for (var j = 0; j < 200; j++) new Uint8Array(1 << 20); isolate.exit("well")', { sandbox: sandbox, limits: { memory: 32 << 20 } });
    await end('one text', 'var text = "x".repeat(1 << 26) + 1; text.charCodeAt(9); for (;;) new Array(1000);', { sandbox: sandbox, limits: { memory: 32 << 20 } });
    await end('processor', 'for (;;);', { sandbox: sandbox, limits: { cpu: 0.05 } });
    await end('idle', 'setTimeout(function() { isolate.exit("well"); }, 1200);', { sandbox: sandbox, limits: { cpu: 0.5 } });
    await end('time', 'setInterval(function() {}, 10);', { sandbox: sandbox, limits: { time: 100 } });
    await end('in time', 'isolate.exit("well")', { sandbox: sandbox, limits: { time: 5000 } });
    await end('waits', 'runtime.syncRPC(isolate.env.never());', { sandbox: sandbox, limits: { time: 100 }, env: { never: function() { return new Promise(function() {}); } } });
    await end('sleeps', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);', { sandbox: sandbox, limits: { time: 100 } });
  }
  for (var limit of [{ memory: -1 }, { cpu: 'much' }, { time: NaN }]) {
    try {
      isolate.spawn({ code: '', limits: limit });
    } catch (error) {
      console.log(error.name, error.message);
    }
  }
  clearInterval(timer);
  console.log(ticks > 9);
}

run();
