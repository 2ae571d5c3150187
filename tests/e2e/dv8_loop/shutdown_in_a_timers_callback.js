const { Timer } = library('timer', {});
const t = new Timer();
setInterval(() => {}, 1000);
t.start(
  () => {
    shutdown();
    shutdown();
    console.log('shut', t.stop());
  },
  1,
  1,
);
