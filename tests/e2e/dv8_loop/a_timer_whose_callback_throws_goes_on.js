const { Timer } = library('timer', {});
const t = new Timer();
let n = 0;
onUncaughtException((e) => console.log(e.message));
t.start(
  () => {
    if (++n === 3) t.stop();
    throw new Error('no ' + n);
  },
  1,
  1,
);
