const { a, b } = require('./pair.js');
onUncaughtException((e) => {
  console.log(e.message);
});
let n = 0;
b.onRead((l) => {
  if (++n < 3) {
    a.writeText('y');
    throw new Error('no ' + n);
  }
  a.close(0);
  b.close(0);
});
b.resume();
a.writeText('x');
