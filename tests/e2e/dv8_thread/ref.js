const { Thread } = library('thread', {});
const t = new Thread();
t.start(() => {
  setTimeout(() => console.log('thread'), 50);
});
t.unref();
t.ref();
