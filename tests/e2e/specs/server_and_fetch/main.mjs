// A server and its client in one program, which ends when both are closed.
import { createServer } from 'node:http';
import { once } from 'node:events';

const server = createServer(async (request, response) => {
  const body = (await request.toArray()).join('');
  response.writeHead(request.url === '/none' ? 404 : 200, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ method: request.method, url: request.url, body, agent: typeof request.headers['user-agent'] }));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${server.address().port}`;
const posted = await fetch(new URL('/items?a=1', base), { method: 'POST', body: new URLSearchParams({ name: 'Grüße' }) });
console.log(posted.status, posted.headers.get('content-type'), await posted.json());
const none = await fetch(base + '/none');
console.log(none.ok, none.status, (await none.text()).length > 10);
await fetch(base, { signal: AbortSignal.abort() }).catch((error) => console.log(error.name));
server.close();
await once(server, 'close');
await fetch(base).catch((error) => console.log(error.message, error.cause.code));
