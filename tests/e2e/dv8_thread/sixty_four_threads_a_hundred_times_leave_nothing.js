const { Thread } = library('thread', {});
const ROUNDS = Number(args[2]);
const { readdirSync, readFileSync } = require('node:fs');
const count = () => [
  readdirSync('/proc/self/fd').length,
  readdirSync('/proc/self/task').length,
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]),
];
const round = () =>
  new Promise((done) => {
    let left = 64;
    for (let i = 0; i < 64; i++)
      new Thread().start(
        () => {
          setTimeout(() => {}, 1);
        },
        (error) => {
          if (error) throw error;
          if (--left === 0) done();
        },
      );
  });
const rounds = async (n) => {
  let least = Infinity;
  for (let i = 0; i < n; i++) {
    await round();
    least = Math.min(least, count()[2]);
  }
  return least;
};
(async () => {
  await rounds(ROUNDS / 2);
  const [fds] = count();
  const before = await rounds(ROUNDS);
  const growth = (await rounds(ROUNDS)) - before;
  const after = count();
  console.log(after[0] - fds, after[1] < 8, growth < 32 * 1024);
})();
