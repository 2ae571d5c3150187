const { Thread } = library('thread', {});
for (let i = 0; i < 4; i++)
  new Thread()
    .start(() => {
      for (;;) JSON.parse('[1,2,3]');
    })
    .unref();
setTimeout(() => {
  console.log('end');
  process.exit(0);
}, 20);
