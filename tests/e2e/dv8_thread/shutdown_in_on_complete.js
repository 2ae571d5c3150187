const { Thread } = library('thread', {});
new Thread().start(() => {
  for (;;);
});
setInterval(() => {}, 1000);
new Thread().start(
  () => {},
  () => {
    shutdown();
    console.log('shut');
  },
);
