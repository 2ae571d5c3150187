// The milliseconds from kill() to onExit of isolates that compute, the least of ten.
var least = Infinity;

function once() {
  return new Promise(function(resolve) {
    var killed;
    var busy = isolate.spawn({
      code: 'isolate.env.started(); for (;;);',
      env: { started: function() {
        setTimeout(function() {
          killed = performance.now();
          busy.kill();
        }, 5);
      } },
      onExit: function() {
        least = Math.min(least, performance.now() - killed);
        resolve();
      },
    });
  });
}

(async function() {
  for (var i = 0; i < 10; i++) await once();
  console.log(least);
  isolate.exit();
})();
