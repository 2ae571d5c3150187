// spawn [threads]: threads that ask for work and send what they have found, as messages.
const count = Number(args[2] ?? 3);
const limits = [10, 20, 30, 40, 50, 60, 70, 80];
const found = new Map();
let running = count;

// A thread's program: it sees nothing of this file. `process` is the thread's own.
function worker() {
  const isPrime = (n) => {
    for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
    return n > 1;
  };
  process.onMessage(({ payload }) => {
    const { limit } = JSON.parse(payload);
    if (limit === undefined) return process.sock.close(); // No more: the thread ends.
    let primes = 0;
    for (let n = 0; n < limit; n++) primes += isPrime(n) ? 1 : 0;
    process.send({ limit, primes, thread: process.TID });
  });
  process.send({ thread: process.TID });
}

for (let i = 0; i < count; i++) {
  const thread = process.spawn(worker, ({ err, thread, status }) => {
    if (err || status !== 0) console.log(`thread ${thread.id} failed: ${err?.message ?? status}`);
    thread.sock.close();
    if (--running > 0) return;
    for (const [limit, primes] of [...found].sort(([a], [b]) => a - b)) console.log(`${primes} primes below ${limit}`);
  }, { ipc: true });
  thread.onMessage(({ threadId, payload }) => {
    const { limit, primes, thread: id } = JSON.parse(payload);
    if (id !== threadId) console.log(`thread ${threadId} says that it is ${id}`);
    if (limit !== undefined) found.set(limit, primes);
    thread.send({ limit: limits.shift() });
  });
}
