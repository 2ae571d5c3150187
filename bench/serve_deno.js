// Deno.serve's part in serve.py.
Deno.serve({
  hostname: '127.0.0.1',
  port: Number(Deno.args[0] ?? 0),
  onListen: ({ port }) => console.log(port),
  handler: () => new Response('Hello, World!\n', { headers: { 'Content-Type': 'text/plain' } }),
});
