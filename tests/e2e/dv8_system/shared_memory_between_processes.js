const { SharedMemory } = library('shmem', {});
const m = new SharedMemory(args[2], 1 << 20);
const n = new Int32Array(m.bytes);
for (let i = 0; i < 100000; i++) Atomics.add(n, 100, 1);
Atomics.add(n, 0, 1);
console.log(m.bytes instanceof SharedArrayBuffer, m.size);
