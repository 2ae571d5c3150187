// Bun.serve's part in httpd.py.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('Hello, World!\n', { headers: { 'Content-Type': 'text/plain' } }),
});
console.log(server.port);
