function end(how, env) {
  return new Promise(function(resolve) {
    isolate.system.fs.current({
      action: 'spawn', path: '/peer.js', data: { how: how }, env: env || {},
      onExit: function(value, reason) {
        console.log(how, typeof value === 'function' ? 'a function' : JSON.stringify(value), reason);
        resolve();
      },
    });
  });
}

var env = {
  say: function(text) { console.log(text); },
  slow: function() { return new Promise(function(resolve) { setTimeout(resolve, 10, 'late'); }); },
};

async function run() {
  await end('nothing');
  await end('timer', env);
  await end('call', env);
  await end('given', { give: function(fn) { fn().then(function(text) { console.log(text); }); } });
  await end('exit', env);
  await end('function');
  await end('throws');
  await end('syntax');
  var tick = 0;
  var timer = setInterval(function() { tick++; }, 5);
  await new Promise(function(resolve) {
    var busy = isolate.spawn({
      path: 'busy.js',
      env: { started: function() { setTimeout(kill, 50); } },
      onExit: function(value, reason) {
        console.log('busy', value, reason, Date.now() - killed < 2000, tick > 3);
        busy.kill();
        resolve();
      },
    });
    var killed;
    function kill() {
      killed = Date.now();
      busy.kill();
    }
  });
  clearInterval(timer);
  await end('grandchild', env); // The program goes on until that has ended, too.
}

run();
