const { b } = require('./pair.js');
b.resume();
b.unref();
console.log('end');
