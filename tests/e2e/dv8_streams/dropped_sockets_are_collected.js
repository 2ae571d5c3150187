const make = require('./make.js');
const fs = require('node:fs');
const count = () => fs.readdirSync('/proc/self/fd').length;
const before = count();
for (let i = 0; i < 300; i++) {
  const c = make();
  c.onRead(() => c);
  c.open();
}
const most = count();
setTimeout(() => {
  gc();
  setTimeout(() => {
    gc();
    setTimeout(() => {
      console.log(most - before >= 300, count() - before - 300 < 50);
      shutdown();
    }, 20);
  }, 20);
}, 1);
