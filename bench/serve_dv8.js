// dv8.serve's part in serve.py.
import { serve } from 'dv8:serve';

const server = serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  fetch: () => new Response('Hello, World!\n', { headers: { 'Content-Type': 'text/plain' } }),
});
console.log(server.port);
