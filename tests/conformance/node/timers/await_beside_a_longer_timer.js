// What runs after a timer's callback may start an earlier timer than the one that was to be next.
const started = Date.now();
const soon = () => (Date.now() - started < 1500 ? 'soon' : 'late');
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const long = setTimeout(() => {}, 5000);

const withLimit = (work, ms) => {
  let timer;
  const limit = new Promise((resolve) => { timer = setTimeout(resolve, ms, 'limit'); });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};

(async () => {
  for (let i = 0; i < 3; i++) {
    await sleep(1 + i);
    console.log('slept', i, soon());
  }
  for (let i = 0; i < 3; i++) console.log(await withLimit(sleep(5).then(() => 'work'), 2000), soon());
  await new Promise((resolve) => setTimeout(() => process.nextTick(() => setTimeout(resolve, 1)), 1));
  console.log('from a tick', soon());
  await new Promise((resolve) => setTimeout(() => queueMicrotask(() => setTimeout(resolve, 1)), 1));
  console.log('from a microtask', soon());
  await new Promise((resolve) => setTimeout(() => setImmediate(() => setTimeout(resolve, 1)), 1));
  console.log('from an immediate', soon());
  // The long one holds the process no more; the short ones do.
  long.unref();
  for (let i = 0; i < 3; i++) {
    await sleep(2);
    console.log('unref', i, soon());
  }
  const timer = setInterval(() => {}, 4000).unref();
  setTimeout(() => Promise.resolve().then(() => { timer.ref(); setTimeout(() => { timer.unref(); console.log('ref', soon()); }, 1); }), 1);
})();
process.on('exit', (code) => console.log('exit', code, soon()));
