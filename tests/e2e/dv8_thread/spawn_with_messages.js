const { spawn } = library('thread', {});
const t = spawn(
  () => {
    onMessage((m) => {
      send(m instanceof Uint8Array ? m.map((x) => x + 1) : typeof m === 'string' ? m + '!' : { ...m, back: true });
      if (m === 'end') onMessage();
    });
  },
  (e, s) => {
    console.log('over', e, s);
    t.onMessage();
  },
  { ipc: true },
);
t.onMessage((m) => console.log(m));
t.send('text');
t.send(new Uint8Array([1, 2, 255]));
t.send({ a: [1, null] });
t.send('x'.repeat(65535).slice(0, 3));
t.send('end');
for (const bad of ['x'.repeat(65536), undefined])
  try {
    t.send(bad);
  } catch (e) {
    console.log(e.name, e.message);
  }
