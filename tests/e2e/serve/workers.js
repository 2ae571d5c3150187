// A server of as many threads as the first argument says; SIGTERM stops it when all is answered.
import { serve, workerId } from 'dv8:serve';

const id = workerId();
let asked = 0;
const server = serve({
  port: 0,
  hostname: '127.0.0.1',
  workers: Number(process.argv[2]),
  onListen: ({ port }) => { if (id === 0) console.log(port); },
  fetch(request) {
    const { pathname } = new URL(request.url);
    asked++;
    if (pathname === '/slow') return new Promise((resolve) => setTimeout(() => resolve(new Response(`slow ${id}`)), 700));
    if (pathname === '/fail' && id !== 0) setTimeout(() => { throw new Error(`in thread ${id}`); });
    if (pathname === '/socket' && server.upgrade(request)) return undefined;
    return new Response(`${id}`);
  },
  websocket: { message(socket, data) { socket.send(`${id}: ${data}`); } },
});
process.on('SIGTERM', async () => {
  if (id !== 0) return;
  await server.stop();
  console.log('stopped', asked > 0);
});
