const { Timer } = library('timer', {});
const t = new Timer();
let n = 0;
console.log(
  t.again(),
  t.start(
    () => {
      console.log('tick', ++n);
      if (n === 3) {
        t.stop();
        console.log(t.again());
        setTimeout(() => {
          t.stop();
          console.log(
            t.close(),
            t.start(() => {}, 1),
            t.stop(),
            t.again(),
          );
          t.close();
        }, 5);
      }
    },
    1,
    1000000,
  ),
);
setTimeout(() => {
  t.start(
    () => {
      console.log('new', ++n);
      if (n === 3) t.stop();
    },
    1,
    1,
  );
}, 30);
