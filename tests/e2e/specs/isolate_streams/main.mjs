import { isolate } from 'dv8:isolate';

const code = `
var made = 0;
isolate.env.ready({
  numbers: function(n) { return (async function*() { try { for (var i = 0; i < n; i++) { made++; yield i; } return 'end'; } finally { made += 1000; } })(); },
  made: function() { return made; },
  sum: async function(numbers) { var sum = 0; for await (var n of numbers) { sum += n; if (sum > 50) break; } return sum; },
  failing: function() { return (async function*() { yield 1; throw new RangeError('in the middle'); })(); },
  echo: function(value) { return value; },
});
`;

async function ready(api) {
  const got = [];
  for await (const n of await api.numbers(5)) got.push(n);
  console.log(got, await api.made());
  for await (const n of await api.numbers(1e9)) if (n === 3) break;
  console.log(await api.made());
  let given = 0;
  let closed = false;
  console.log(await api.sum((async function* () { try { for (;;) yield given++; } finally { closed = true; } })()), given, closed);
  try {
    for await (const n of await api.failing()) console.log(n);
  } catch (error) {
    console.log(error.name, error.message);
  }
  let pulled = 0;
  let cancelled;
  const stream = new ReadableStream({
    pull(controller) { controller.enqueue(`part ${pulled++}`); },
    cancel(reason) { cancelled = true; },
  }, { highWaterMark: 0 });
  const back = await api.echo(stream);
  const reader = back.getReader();
  console.log(back instanceof ReadableStream, await reader.read(), await reader.read(), pulled);
  await reader.cancel('enough');
  console.log(cancelled);
  isolate.exit();
}

isolate.spawn({ code, env: { ready } });
