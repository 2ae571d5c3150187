const { a, b } = require('./pair.js');
let reads = 0;
b.onData((n) => {
  reads += n;
  b.pause();
});
b.resume();
a.writeText('x');
setTimeout(() => a.writeText('y'), 50);
setTimeout(() => {
  console.log(reads);
  b.resume();
}, 150);
setTimeout(() => {
  console.log(reads);
  a.close();
  b.close();
}, 250);
