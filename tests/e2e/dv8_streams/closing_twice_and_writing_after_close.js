const { a, b } = require('./pair.js');
a.close();
a.close();
a.close(0);
console.log(a.write(4), a.writeText('x'), a.resume(), a.queueSize());
a.pause();
b.close(0);
b.close();
