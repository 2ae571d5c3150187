const { Thread } = library('thread', {});
new Thread().start(() => {
  throw new Error('nobody listens');
});
setInterval(() => {}, 1000);
