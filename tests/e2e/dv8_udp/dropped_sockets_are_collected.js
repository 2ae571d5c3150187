const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
const fs = require('node:fs');
const count = () => fs.readdirSync('/proc/self/fd').length;
const before = count();
for (let i = 0; i < 200; i++) {
  const v = new UDP();
  v.onMessage(() => v);
  v.bind('127.0.0.1');
}
const most = count();
setTimeout(() => {
  gc();
  setTimeout(() => {
    gc();
    setTimeout(() => console.log(most - before >= 200, count() - before < 50), 20);
  }, 20);
}, 1);
