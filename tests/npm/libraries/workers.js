// piscina: this file is the pool's worker, too.
import { isMainThread } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import Piscina from 'piscina';

export default function work({ limit, fail }) {
  if (fail) throw new RangeError('as asked');
  let sum = 0;
  for (let i = 0; i < limit; i++) sum += i;
  return sum;
}

if (isMainThread) {
  const pool = new Piscina({ filename: fileURLToPath(import.meta.url), maxThreads: 2 });
  console.log(await Promise.all([10, 100, 1000].map((limit) => pool.run({ limit }))));
  await pool.run({ fail: true }).catch((error) => console.log(error.name, error.message));
  const abort = new AbortController();
  const run = pool.run({ limit: 1e12 }, { signal: abort.signal });
  setTimeout(() => abort.abort(), 100);
  await run.catch((error) => console.log(error.name));
  console.log(pool.completed, pool.threads.length <= 2);
  await pool.destroy();
}
