// Bun.serve's part in httpd.py and serve.py.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  fetch: () => new Response('Hello, World!\n', { headers: { 'Content-Type': 'text/plain' } }),
});
console.log(server.port);
