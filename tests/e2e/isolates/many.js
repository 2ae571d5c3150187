// Spawns as many isolates as the argument says, all at once, and tells how many have answered and why others have not.
var left = Number(isolate.data.command);
var answers = 0;
var reasons = {};

function end(value, reason) {
  if (reason !== undefined) reasons[reason] = (reasons[reason] || 0) + 1;
  if (--left > 0) return;
  console.log(JSON.stringify({ answers: answers, reasons: reasons }));
  isolate.exit();
}

function refused(error) { end(undefined, error.code); }

var waiting = [];
// All stay until nothing is left to come.
function hello() {
  answers++;
  return new Promise(function(resolve) {
    waiting.push(resolve);
    clearTimeout(timer);
    timer = setTimeout(function() { waiting.forEach(function(go) { go(); }); }, 1000);
  });
}
var timer;

for (var i = 0, all = left; i < all; i++) {
  try {
    isolate.spawn({ code: 'isolate.env.hello();', env: { hello: hello }, onExit: end });
  } catch (error) {
    setTimeout(refused, 0, error);
  }
}
