// dv8:serve_workers, the threads of serve()'s `workers`. Programs with dv8:serve and the word have it.
import { memory, Thread } from 'internal:dv8_thread';
import { theProcess } from '../internal/process_state.js';
import { SyncWriter } from '../internal/stdio.js';

// What the threads share: the port, how the servers are to stop (0: they go on, 1: when all is answered, 2: at once), and
// the number of the next thread.
const kPort = 0;
const kStop = 1;
const kNext = 2;
const kSize = 3;

let id;
let started = false;

function shared() {
  const bytes = memory();
  return bytes === undefined ? undefined : new Int32Array(bytes);
}

/** The number of this thread. */
export function workerId() {
  const numbers = shared();
  if (numbers !== undefined) id ??= Atomics.add(numbers, kNext, 1);
  return id ?? 0;
}

class OfFirst {
  #numbers = new Int32Array(new SharedArrayBuffer(kSize * 4));
  #threads = [];
  #count;

  constructor(count) {
    if (started) throw new Error('serve(options): one server of a program can have workers');
    started = true;
    this.#count = count;
    this.#numbers[kNext] = 1;
  }

  // The first one listens: others can. Gives what is fulfilled when all have stopped.
  begin(server, finished) {
    this.#numbers[kPort] = server.port;
    const ends = [finished];
    for (let i = 1; i < this.#count; i++) {
      ends.push(new Promise((resolve) => {
        const thread = new Thread((error, status) => {
          if (error === undefined && status === 0) {
            resolve();
            return;
          }
          if (error !== undefined) new SyncWriter(2).printQuietly(error);
          theProcess.exit(status || 1);
        });
        const rc = thread.start('', 'dv8:serve_workers', this.#numbers);
        if (rc < 0) throw Object.assign(new Error('serve(options): no more threads can be started'), { errno: rc });
        this.#threads.push(thread);
      }));
    }
    return Promise.all(ends).then(() => undefined);
  }

  stop(now) {
    Atomics.store(this.#numbers, kStop, now ? 2 : 1);
    Atomics.notify(this.#numbers, kStop);
  }

  setRef(on) { for (const thread of this.#threads) thread.setRef(on); }
}

class OfOther {
  #numbers;

  constructor(numbers) { this.#numbers = numbers; }

  get port() { return this.#numbers[kPort]; }

  // The thread ends with its server.
  begin(server, finished) {
    const stop = () => {
      const how = Atomics.load(this.#numbers, kStop);
      server.stop(how === 2);
      if (how !== 2) this.#whenNot(how, stop);
    };
    this.#whenNot(0, stop);
    return finished.then(() => { theProcess.exit(0); });
  }

  #whenNot(how, then) {
    const { async, value } = Atomics.waitAsync(this.#numbers, kStop, how);
    if (async) value.then(then);
    else queueMicrotask(then);
  }

  stop() {}
  setRef() {}
}

/** The part of this thread in a server with so many of them. */
export function workersOf(count) {
  const numbers = shared();
  return numbers === undefined ? new OfFirst(count) : new OfOther(numbers);
}

export default { workerId, workersOf };
