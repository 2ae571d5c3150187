const { Timer } = library('timer', {});
const t = new Timer();
t.start(
  () => {
    console.log('fired');
    t.stop();
  },
  1000000,
  1,
);
console.log(t.again());
