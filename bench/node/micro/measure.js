'use strict';
// Runs cases and prints {name: nanoseconds a call} as JSON: the best of some rounds of about 40 ms each, behind a
// warm-up that lets the compilers finish.

const ROUND_NS = 4e7;
const ROUNDS = 5;

let sink = 0;

function elapsed(fn, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) sink ^= fn(i) | 0;
  return Number(process.hrtime.bigint() - start);
}

function measure(fn) {
  let calls = 16;
  while (elapsed(fn, calls) < ROUND_NS / 4) calls *= 2;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const time = elapsed(fn, calls);
    best = Math.min(best, time / calls);
    calls = Math.max(1, Math.round(calls * ROUND_NS / time));
  }
  return best;
}

module.exports = (cases) => {
  const only = process.env.BENCH_ONLY;
  const results = {};
  for (const [name, fn] of Object.entries(cases)) {
    if (only === undefined || name.includes(only)) results[name] = measure(fn);
  }
  console.log(JSON.stringify(results));
};
