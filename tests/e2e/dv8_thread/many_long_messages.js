const { spawn } = library('thread', {});
const t = spawn(
  () => {
    let n = 0;
    onMessage((m) => {
      n += m.length;
      if (m.length === 1) {
        send(String(n));
        onMessage();
      }
    });
  },
  null ?? undefined,
  { ipc: true },
);
t.onMessage((m) => {
  console.log(m);
  t.onMessage();
});
const big = new Uint8Array(60000);
for (let i = 0; i < 500; i++) t.send(big);
t.send(new Uint8Array(1));
