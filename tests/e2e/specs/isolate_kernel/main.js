var fs = isolate.system.fs.current;
var settled = false;

function settle() { settled = true; }

fs({ action: 'spawn', path: '/peer.js', env: { say: function(text) { console.log(text); } }, onExit: ended }).then(settle, settle);

function ended(value) {
  console.log('ended', value);
  isolate.system.kernel.isolatesInfo().then(function(all) {
    console.log(all.length);
    setTimeout(timers, 5, 'with', 'arguments');
  });
}

function timers() {
  console.log(Array.prototype.join.call(arguments), 'the promise of the spawn is settled:', settled);
  var start = performance.now();
  clearTimeout(setTimeout(function() { console.log('never'); }, 1));
  var never = setInterval(function() { console.log('never'); }, 1);
  clearInterval(never);
  clearTimeout(undefined);
  clearInterval(12345);
  var n = 0;
  var interval = setInterval(function() {
    if (++n < 3) return;
    clearInterval(interval);
    console.log(n, performance.now() - start >= 2);
    fs({ action: 'spawn', path: '/none.js' }).catch(function(error) {
      console.log(error instanceof Error, error.message);
      isolate.exit();
    });
  }, 1);
}
