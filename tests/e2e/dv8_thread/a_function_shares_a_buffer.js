const { Thread } = library('thread', {});
const b = new Buffer();
b.alloc(8);
b.write('before');
new Thread().start(
  () => {
    console.log(workerData.size, workerData.read(0, 6));
    workerData.write('thread');
  },
  (error, status) => console.log(error, status, b.read(0, 6)),
  b,
);
