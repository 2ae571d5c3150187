import assert from 'node:assert/strict';
import { countPrimes } from '../src/primes.js';
import { runInThreads } from '../src/threads.js';

assert.equal(await countPrimes(2, 1), 0);
assert.equal(await countPrimes(10_000, 1), 1229);
assert.equal(await countPrimes(10_000, 4), 1229);
await assert.rejects(
  runInThreads(2, () => {
    throw new Error('broken');
  }),
  /broken/,
);
console.log('all tests passed');
