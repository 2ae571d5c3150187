const { Thread } = library('thread', {});
const t = new Thread();
t.start(() => {
  for (;;);
});
t.unref();
console.log('end');
