import { runInThreads } from './threads.js';

// The shared numbers: the limit, the next piece of the work, the primes that were found.
const LIMIT = 0;
const FOUND = 2;

function work() {
  const PIECE = 1000;
  const numbers = new Int32Array(workerData.bytes);
  const isPrime = (n) => {
    for (let divisor = 2; divisor * divisor <= n; divisor++) {
      if (n % divisor === 0) return false;
    }
    return n > 1;
  };
  for (;;) {
    const first = Atomics.add(numbers, 1, 1) * PIECE;
    if (first >= numbers[0]) return;
    let found = 0;
    for (let n = first; n < Math.min(first + PIECE, numbers[0]); n++) found += isPrime(n) ? 1 : 0;
    Atomics.add(numbers, 2, found);
  }
}

/** How many primes are below `limit`, counted by `threads` threads. */
export async function countPrimes(limit, threads) {
  const numbers = new Int32Array(new SharedArrayBuffer(12));
  numbers[LIMIT] = limit;
  await runInThreads(threads, work, numbers);
  return numbers[FOUND];
}
