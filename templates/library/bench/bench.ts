import { LruCache } from '../src/index.ts';

const ROUNDS = 5;
const CALLS = Number(process.argv[2] ?? 1_000_000);

function measure(name: string, work: () => void): void {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / CALLS;
  });
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(12)} ${times[ROUNDS >> 1]!.toFixed(1)} ns`);
}

const cache = new LruCache<number, number>(1000);
measure('set, full', () => {
  for (let i = 0; i < CALLS; i++) cache.set(i, i);
});
measure('get, found', () => {
  for (let i = 0; i < CALLS; i++) cache.get(CALLS - 1 - (i % 1000));
});
