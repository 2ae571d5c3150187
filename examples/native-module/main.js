// Counts primes in C++, in several threads of libuv's pool at once.
import { PrimeCounter } from 'dv8:primes';

const limits = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 1_000_000, 1000];
const count = (limit) => new Promise((resolve) => { new PrimeCounter().count(limit, resolve); });

const counts = await Promise.all(limits.map(count));
limits.forEach((limit, i) => console.log(`${counts[i]} primes up to ${limit}`));
