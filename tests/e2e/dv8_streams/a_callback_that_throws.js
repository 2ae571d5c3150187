const { a, b } = require('./pair.js');
b.onRead(() => {
  throw new Error('in a callback');
});
b.resume();
a.writeText('x');
