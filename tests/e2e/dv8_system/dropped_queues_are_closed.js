const { Queue } = library('posix', {});
const count = () => require('node:fs').readdirSync('/proc/self/fd').length;
const name = '/dv8-drop-' + process.pid;
count();
const before = count();
for (let i = 0; i < 100; i++) {
  const q = new Queue();
  q.setup(new Uint8Array(8));
  q.open(name);
  if (i === 99) q.unlink();
}
const most = count();
setTimeout(() => {
  gc();
  setTimeout(() => {
    gc();
    console.log(most - before, count() - before < 10);
  }, 20);
}, 1);
