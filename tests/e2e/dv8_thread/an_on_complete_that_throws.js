const { Thread } = library('thread', {});
onUncaughtException((e) => {
  console.log(e.message);
  new Thread().start(
    () => {},
    () => console.log('another'),
  );
});
new Thread().start(
  () => {},
  () => {
    throw new Error('thrown');
  },
);
