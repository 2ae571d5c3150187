const { Thread } = library('thread', {});
new Thread().start(
  () => {
    setInterval(() => {}, 1000);
    setTimeout(() => {
      process.exit(7);
    }, 1);
  },
  (e, s) => {
    console.log(e, s);
    setTimeout(() => console.log('goes on'), 1);
  },
);
