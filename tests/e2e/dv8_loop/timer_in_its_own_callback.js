const { Timer } = library('timer', {});
const t = new Timer();
t.start(
  () => {
    t.close();
    t.close();
    console.log(
      t.start(() => {}, 1),
      t.stop(),
      t.again(),
    );
  },
  1,
  1,
);
const u = new Timer();
u.start(() => console.log('never'), 100000);
u.unref();
