const { Thread } = library('thread', {});
const run = async (count) => {
  for (let i = 0; i < count; i++)
    await new Promise((done) => {
      new Thread().start(() => {}, done);
    });
  require('dv8:core').gc();
  return process.memoryUsage.rss() / 1024;
};
(async () => {
  const before = await run(5000);
  console.log((await run(4000)) - before);
})();
