// What the programs measure (but for isolate.js, a script of Runtime.JS, which has no imports), and how those whose
// workers only have messages make calls of them.

/** Calls a second, `count` of them one after the other. */
async function measure(count, run) {
  for (let i = 0; i < count / 10; i++) await run();
  const start = performance.now();
  for (let i = 0; i < count; i++) await run();
  return count / (performance.now() - start) * 1000;
}

/** Prints the round trips a second with two numbers, with 64 KiB of text, and with 64 MiB that move. */
export async function measureTrips(add, echo) {
  const text = 'x'.repeat(64 << 10);
  let buffer = new ArrayBuffer(64 << 20);
  const results = [await measure(20000, () => add(1, 2)), await measure(5000, () => echo(text)),
                   await measure(2000, async () => { buffer = await echo(buffer); })];
  console.log(JSON.stringify(results));
}

/** {call(name, ...values), take(answer)}: calls by `post(message, moved)`, each with a number. */
export function callsBy(post) {
  const waiting = new Map();
  let last = 0;
  return {
    call: (name, ...values) => new Promise((resolve) => {
      waiting.set(++last, resolve);
      post({ id: last, name, values }, values.filter((value) => value instanceof ArrayBuffer));
    }),
    take({ id, value }) {
      waiting.get(id)(value);
      waiting.delete(id);
    },
  };
}

/** The other side: answers a call by `post(message, moved)`. */
export function answer({ id, name, values }, post) {
  const value = name === 'add' ? values[0] + values[1] : values[0];
  post({ id, value }, value instanceof ArrayBuffer ? [value] : []);
}
