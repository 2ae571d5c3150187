// WebSockets: what is sent comes back, "close" closes, "all" goes to everybody.
import { serve } from 'dv8:serve';

const server = serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  fetch(request, server) {
    if (server.upgrade(request, { data: { path: request.url.slice(request.url.indexOf('/', 8)) }, headers: { 'X-Socket': 'yes' } })) return undefined;
    return new Response('no WebSocket\n', { status: 426 });
  },
  websocket: {
    maxPayloadLength: 1_000_000,
    open(socket) {
      socket.subscribe('all');
      socket.send(`open ${socket.data.path}`);
    },
    message(socket, data) {
      if (data === 'close') socket.close(4001, 'as asked');
      else if (data === 'all') server.publish('all', 'to all');
      else if (data === 'many') for (let i = 0; i < 2000; i++) socket.send('x'.repeat(5000));
      else socket.send(data);
    },
    drain(socket) { socket.send('drained'); },
    close(socket, code, reason) { console.log(`closed ${code} ${reason}`); },
  },
});
console.log(server.port);
