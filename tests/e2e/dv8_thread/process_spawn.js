const { Process } = library('process', {});
const p = new Process();
p.spawn(
  () => console.log('thread'),
  (error, status) => console.log(error, status),
);
