'use strict';
// Runs cases and prints {name: nanoseconds a call} as JSON: the best of some rounds of about 40 ms each, behind a
// warm-up that lets the compilers finish. A case that returns a promise is awaited before its next call.

const ROUND_NS = 4e7;
const ROUNDS = 5;

let sink = 0;

function elapsed(fn, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) sink ^= fn(i) | 0;
  return Number(process.hrtime.bigint() - start);
}

async function elapsedAsync(fn, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) await fn(i);
  return Number(process.hrtime.bigint() - start);
}

async function measure(fn) {
  const first = fn(0);
  await first;
  const time = first instanceof Promise ? elapsedAsync : elapsed;
  let calls = 1;
  while (await time(fn, calls) < ROUND_NS / 4) calls *= 2;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await time(fn, calls);
    best = Math.min(best, taken / calls);
    calls = Math.max(1, Math.round(calls * ROUND_NS / taken));
  }
  return best;
}

module.exports = async (cases) => {
  const only = process.env.BENCH_ONLY;
  const results = {};
  for (const [name, fn] of Object.entries(cases)) {
    if (only === undefined || name.includes(only)) results[name] = await measure(fn);
  }
  console.log(JSON.stringify(results));
};
