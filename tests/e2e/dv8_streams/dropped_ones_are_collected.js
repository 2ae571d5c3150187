const { TTY } = module('tty', {});
let freed = 0,
  turns = 0;
globalThis.registry = new FinalizationRegistry(() => freed++);
for (let i = 0; i < 100; i++) registry.register(new TTY(2), 1);
const wait = () => {
  gc();
  if (freed < 90 && turns++ < 100) setTimeout(wait, 10);
  else console.log(freed >= 90);
};
setTimeout(wait, 1);
