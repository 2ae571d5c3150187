// Counts the primes below a limit in several threads, which take pieces of the work from memory that
// they share: an endless loop beside them is stopped when they are done.
const { Thread } = module('thread', {});

const count = Number(args[2] ?? 4);
const limit = Number(args[3] ?? 200000);
const memory = new Buffer();
const numbers = new Int32Array(memory.alloc(16)); // The limit, the next piece, the primes, the pieces done.
numbers[0] = limit;

// A thread's program: it sees nothing of this file but `workerData`.
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
    let primes = 0;
    for (let n = first; n < Math.min(first + PIECE, numbers[0]); n++) primes += isPrime(n) ? 1 : 0;
    Atomics.add(numbers, 2, primes);
    Atomics.add(numbers, 3, 1);
  }
}

const idle = new Thread().start(() => { for (;;); }, () => console.log('the endless one was stopped'));
let running = count;
for (let i = 0; i < count; i++) {
  new Thread().start(work, (error, status) => {
    if (error) console.log(`a thread failed: ${error.message}`);
    if (status !== 0) console.log(`a thread ended with code ${status}`);
    if (--running > 0) return;
    console.log(`${count} threads found ${numbers[2]} primes below ${limit} in ${numbers[3]} pieces`);
    idle.stop();
  }, memory);
}
