const { Thread } = library('thread', {});
new Thread().start(
  () => {
    const { Thread } = library('thread', {});
    new Thread().start(
      () => console.log('inner'),
      (e) => console.log('outer', e),
    );
  },
  (e) => console.log('main', e),
);
