const { spawn } = library('thread', {});
const t = spawn(
  () => {
    const { Socket, TCP } = library('socket', {});
    const server = new Socket(TCP);
    server.onConnect(() => {});
    send(server.listen('127.0.0.1', 0));
  },
  (error, status) => console.log(error, status),
  { ipc: true },
);
t.onMessage((rc) => {
  console.log(rc);
  t.stop();
});
