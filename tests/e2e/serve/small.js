// What a program without Node's library can do: serve_test.py's routes.
import { serve } from 'dv8:serve';

const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const large = new Uint8Array(3_000_000).fill(97);

const routes = {
  '/hello': () => new Response('Hello, World!\n', { headers: { 'Content-Type': 'text/plain' } }),
  '/utf8': () => new Response('grüße ✓\n'),
  '/echo': async (request) => new Response(await request.text()),
  '/bytes': async (request) => new Response((await request.bytes()).reverse()),
  '/json': async (request) => Response.json({ got: await request.json() }, { status: 201 }),
  '/headers': (request) => new Response([...request.headers].map(([name, value]) => `${name}: ${value}\n`).join('')),
  '/method': (request) => new Response(request.method),
  '/url': (request) => new Response(request.url),
  '/late': async () => { await wait(100); return new Response('late'); },
  '/empty': () => new Response(null, { status: 204 }),
  '/large': () => new Response(large),
  '/largetext': () => new Response('b'.repeat(2_000_000)),
  '/throws': () => { throw new Error('thrown'); },
  '/rejects': async () => { throw new Error('rejected'); },
  '/nothing': () => 7,
  '/redirect': () => Response.redirect('http://127.0.0.1/elsewhere', 307),
  '/cookies': () => new Response('', { headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['X-Two', 'one'], ['X-Two', 'two']] }),
  '/ip': (request, server) => Response.json(server.requestIP(request)),
  '/same': (request) => Response.json([request instanceof Request, new Response() instanceof Response, request.headers instanceof Headers]),
  '/ignored': () => new Response('not read'),
  '/close': () => new Response('bye', { headers: { Connection: 'close' } }),
  '/pending': (request, server) => new Response(`${server.pendingRequests}`),
  '/iterable': () => new Response({ async* [Symbol.asyncIterator]() { for (let i = 0; i < 5; i++) { yield `${i}\n`; await wait(5); } } }),
  '/broken': () => new Response({ async* [Symbol.asyncIterator]() { yield 'some'; throw new Error('broken'); } }),
};

const server = serve({
  hostname: '127.0.0.1',
  port: 0,
  maxRequestBodySize: 1_000_000,
  headersTimeout: 2,
  idleTimeout: 3,
  fetch(request) {
    const path = request.url.slice(request.url.indexOf('/', 8)).replace(/\?.*/, '');
    return routes[path]?.(request, server) ?? new Response('Not found\n', { status: 404 });
  },
  error(error) { return error.message === 'thrown' ? new Response(`error: ${error.message}\n`, { status: 500 }) : undefined; },
});
console.log(server.port);
process.on('SIGTERM', async () => {
  await server.stop();
  console.log('stopped');
});
