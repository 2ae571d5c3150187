const { SharedMemory } = library('shmem', {});
const name = '/dv8-rules-' + process.pid;
const fail = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.code ?? e.name, e.message.replace(name, 'NAME'));
  }
};
fail(() => new SharedMemory(name));
const a = new SharedMemory(name, 100, true);
fail(() => new SharedMemory(name, 100, true));
console.log(
  a.size,
  new SharedMemory(name, 50).size,
  new SharedMemory(name).size,
  new SharedMemory(name, 200).size,
  new SharedMemory(name).size,
);
for (const size of [0, -1, 1.5, 2 ** 47]) fail(() => new SharedMemory(name, size));
for (const bad of ['x', '/', '/a/b', 5]) fail(() => new SharedMemory(bad, 1));
fail(() => new SharedMemory(name + 'big', 2 ** 46));
console.log(SharedMemory.unlink(name + 'big')); // What failed leaves no name.
SharedMemory.unlink(name);
new Uint8Array(a.bytes)[99] = 7;
console.log(new Uint8Array(a.bytes)[99]);
const maps = () => require('node:fs').readFileSync('/proc/self/maps', 'utf8').split(name).length - 1;
for (let i = 0; i < 50; i++) new SharedMemory(name, 4096);
const most = maps();
SharedMemory.unlink(name);
setTimeout(() => {
  gc();
  setTimeout(() => {
    gc();
    console.log(most >= 50, maps() < 10);
  }, 20);
}, 1);
