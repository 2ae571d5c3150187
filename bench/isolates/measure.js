/** Calls a second, `count` of them one after the other. */
module.exports = async function measure(count, run) {
  for (let i = 0; i < count / 10; i++) await run();
  const start = performance.now();
  for (let i = 0; i < count; i++) await run();
  return count / (performance.now() - start) * 1000;
};
