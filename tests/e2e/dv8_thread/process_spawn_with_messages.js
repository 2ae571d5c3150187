const { Process } = library('process', {});
const t = new Process().spawn(
  () => {
    onMessage((m) => {
      send(m * 2);
      onMessage();
    });
  },
  (error, status) => console.log(error, status),
  { ipc: true },
);
t.onMessage((m) => {
  console.log(m);
  t.onMessage();
});
t.send(21);
