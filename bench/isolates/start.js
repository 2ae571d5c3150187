// Milliseconds from the start of an isolate to its first call and to its onExit, with a sandbox and without, and what each one
// that waits costs of memory.
const COUNT = 60;
const IGNORED = 10;

function start(code, options) { return new Promise((resolve) => isolate.spawn({ code, onExit: resolve, ...options })); }

function median(values) { return values.slice(IGNORED).sort((a, b) => a - b)[(COUNT - IGNORED) >> 1]; }

async function measure(sandbox) {
  const calls = [];
  const ends = [];
  for (let i = 0; i < COUNT; i++) {
    const begin = performance.now();
    await start('isolate.env.here();', { sandbox, env: { here() { calls.push(performance.now() - begin); } } });
    ends.push(performance.now() - begin);
  }
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 20; i++) await new Promise((resolve) => start('isolate.env.ready(function() {})', { sandbox, env: { ready: resolve } }));
  return [median(calls), median(ends), (process.memoryUsage().rss - before) / 20 / (1 << 20)];
}

(async () => {
  console.log(JSON.stringify([await measure(false), await measure(true)]));
  isolate.exit();
})();
