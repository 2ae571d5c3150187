var six = 6;
function kind(value) { return value === null ? 'null' : typeof value; }
console.log(Object.keys(isolate).sort().join());
console.log(kind(runtime.toBuffer), kind(runtime.bufferToString), kind(runtime.syncRPC), kind(runtime.debug()));
console.log(JSON.stringify(isolate.data), Object.keys(isolate.env).sort().join(), Object.keys(isolate.system).sort().join());
console.log('joined', 1, true, [2, 3], undefined, null, 'end');
console.log(isolate.eval('six * 7', 'some.js'), isolate.eval('var seven = 7; seven'), global.seven, global === globalThis);
try {
  isolate.eval('null.x', 'place.js');
} catch (error) {
  console.log(error.name, /place\.js:1/.test(error.stack));
}
var buffer = runtime.toBuffer('h\u00e9llo', true);
console.log(buffer.byteLength, new Uint8Array(buffer)[6], runtime.bufferToString(buffer.slice(0, 6)));
console.log(kernel.version().runtime.join('.'), /^13\./.test(kernel.version().v8), performance.now() >= 0);
console.log(kind(setTimeout), kind(setInterval), kind(clearTimeout), kind(clearInterval), kind(require));
console.error('an error');
isolate.log('to the log', 1, true);
var stdout = isolate.env.stdout;
isolate.env.stdout = function(text) { stdout(text.replace(/\d+ms/, 'Nms')); };
console.time('t');
console.timeEnd('never begun');
console.timeEnd('t');
isolate.env.stdout = stdout;
try {
  new isolate.env.stdout('x');
} catch (error) {
  console.log(error.message);
}
isolate.env.stdout('bye\n', { fg: 'lightgreen' }).then(function(value) {
  console.log(value);
  try {
    isolate.exit(7);
  } finally {
    console.log('not reached');
  }
});
