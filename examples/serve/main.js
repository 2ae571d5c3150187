// A web server: JSON, the files in public/, events that never end, and a WebSocket that passes on what anybody says.
import { serve, staticFiles } from 'dv8:serve';

const files = staticFiles('public');
const notes = new Map();

async function answer(request, server) {
  const { pathname } = new URL(request.url);
  if (pathname === '/chat') {
    return server.upgrade(request) ? undefined : new Response('This is for WebSockets.\n', { status: 426 });
  }
  if (pathname === '/time') {
    const stream = new ReadableStream({
      start(controller) { controller.enqueue(`data: ${new Date().toISOString()}\n\n`); },
      async pull(controller) {
        await new Promise((resolve) => { setTimeout(resolve, 1000); });
        controller.enqueue(`data: ${new Date().toISOString()}\n\n`);
      },
    });
    return new Response(stream.pipeThrough(new TextEncoderStream()), { headers: { 'Content-Type': 'text/event-stream' } });
  }
  const [, name] = /^\/notes\/(\w+)$/.exec(pathname) ?? [];
  if (name === undefined) return files(request) ?? new Response('There is nothing here.\n', { status: 404 });
  if (request.method === 'PUT') {
    notes.set(name, await request.json());
    return new Response(null, { status: 204 });
  }
  return notes.has(name) ? Response.json(notes.get(name)) : Response.json({ error: 'no such note' }, { status: 404 });
}

const server = serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 8080),
  fetch: answer,
  websocket: {
    open(socket) { socket.subscribe('chat'); },
    message(socket, text) { server.publish('chat', text); },
  },
});

if (process.argv[3] === '--try') {
  const note = new URL('/notes/one', server.url);
  console.log((await fetch(note)).status);
  console.log((await fetch(note, { method: 'PUT', body: '{"text":"hello"}' })).status);
  console.log(await (await fetch(note)).json());
  console.log(await (await fetch(server.url)).text());
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/chat`);
  socket.onopen = () => socket.send('to everybody');
  console.log(await new Promise((resolve) => { socket.onmessage = (event) => resolve(event.data); }));
  socket.close();
  await server.stop();
} else {
  console.log(`Listening on ${server.url}`);
}
