const { Thread } = library('thread', {});
new Thread().start(
  () => {
    for (;;);
  },
  () => console.log('told'),
);
setTimeout(() => {
  shutdown();
  console.log('shut');
}, 30);
