const { Thread } = library('thread', {});
const show = (error, status) => console.log(error.name, error.message, status, /thread:\d+:\d+/.test(error.stack));
new Thread().start(
  () => {
    null.x;
  },
  (e, s) => {
    show(e, s);
    new Thread().start(
      async () => {
        await null;
        throw new RangeError('later');
      },
      (e, s) => {
        show(e, s);
        new Thread().start(
          () => {
            setTimeout(() => {
              throw new Error('in a timer');
            }, 1);
            setInterval(() => {}, 1000);
          },
          (e, s) => {
            show(e, s);
            new Thread().start(
              () => {
                throw 'text';
              },
              (e, s) => console.log(e instanceof Error, s),
            );
          },
        );
      },
    );
  },
);
