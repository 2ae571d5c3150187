const { Thread } = library('thread', {});
const LIMIT = Number(args[2]);
const stop = (fn, next) => {
  const t = new Thread();
  t.start(fn, (e, s) => {
    console.log(e, s, performance.now() - start < LIMIT);
    t.stop();
    next?.();
  });
  let start;
  setTimeout(() => {
    start = performance.now();
    t.stop();
    t.stop();
  }, 50);
};
stop(
  () => {
    for (;;);
  },
  () =>
    stop(
      () => {
        setInterval(() => {}, 1000);
      },
      () =>
        stop(
          () => {
            const f = () => Promise.resolve().then(f);
            f();
          },
          () =>
            stop(() => {
              try {
                for (;;);
              } finally {
                for (;;);
              }
            }),
        ),
    ),
);
const early = new Thread();
early.start(
  () => {
    for (;;);
  },
  (e, s) => console.log('early', e, s),
);
early.stop();
new Thread().stop();
