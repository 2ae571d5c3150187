const { Thread } = library('thread', {});
const n = new Int32Array(new SharedArrayBuffer(16));
let left = 4;
for (let i = 0; i < 4; i++)
  new Thread().start(
    () => {
      const n = new Int32Array(workerData.bytes);
      for (let i = 0; i < 100000; i++) Atomics.add(n, 0, 1);
    },
    () => {
      if (--left === 0) console.log(n[0]);
    },
    n,
  );
