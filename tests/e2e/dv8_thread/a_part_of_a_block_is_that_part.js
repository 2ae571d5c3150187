const { Thread } = library('thread', {});
const start = (memory) =>
  new Promise((done) =>
    new Thread().start(
      () => {
        console.log(workerData.size, workerData.read(0, 4));
        workerData.write('wxyz');
      },
      done,
      memory,
    ),
  );
(async () => {
  const pooled = Buffer.from('abcd'); // Node's Buffer keeps it in a larger block.
  const shared = new Uint8Array(new SharedArrayBuffer(16)).fill(48);
  await start(pooled);
  await start(shared.subarray(4, 10));
  await start(new Uint8Array(8).fill(49));
  console.log(pooled.buffer.byteLength > 4, pooled.toString(), String.fromCharCode(...shared));
})();
