// The thread has ended before its message is read, and its listener stops there.
const { Process } = library('process', {});
const t = new Process().spawn(
  () => send('last'),
  (error, status) => console.log(error, status),
  { ipc: true },
);
t.onMessage((m) => {
  console.log(m);
  t.onMessage();
});
setTimeout(() => {
  const end = Date.now() + 300;
  while (Date.now() < end);
}, 1);
