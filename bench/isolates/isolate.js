// Calls from one isolate to another: round trips with two numbers, with 64 KiB of text, and with 64 MiB that move.
isolate.spawn({
  code: 'isolate.env.ready({ add(a, b) { return a + b; }, echo(value) { return value; } }, Date.now());',
  env: { async ready(api) {
    async function measure(count, call) {
      for (let i = 0; i < count / 10; i++) await call();
      const start = performance.now();
      for (let i = 0; i < count; i++) await call();
      return count / (performance.now() - start) * 1000;
    }
    const text = 'x'.repeat(64 << 10);
    let buffer = new ArrayBuffer(64 << 20);
    const results = [await measure(20000, () => api.add(1, 2)), await measure(5000, () => api.echo(text)),
                     await measure(2000, async () => { buffer = await api.echo(buffer); })];
    console.log(JSON.stringify(results));
    isolate.exit();
  } },
});
