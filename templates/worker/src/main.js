import { availableParallelism } from 'node:os';
import { countPrimes } from './primes.js';

const limit = Number(process.argv[2] ?? 1_000_000);
const threads = Number(process.argv[3] ?? availableParallelism());

if (!Number.isSafeInteger(limit) || !(threads >= 1)) {
  console.error('usage: my-app [limit] [threads]');
  process.exitCode = 2;
} else {
  console.log(`${await countPrimes(limit, threads)} primes below ${limit}`);
}
