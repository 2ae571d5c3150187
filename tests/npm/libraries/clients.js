// got, axios, undici, node-fetch and ws, as clients of one server.
import { once } from 'node:events';
import http from 'node:http';
import { createGzip } from 'node:zlib';
import axios, { AxiosError } from 'axios';
import got, { HTTPError } from 'got';
import nodeFetch, { FormData } from 'node-fetch';
import { Agent, request as undiciRequest, WebSocket as UndiciWebSocket } from 'undici';
import WebSocket, { WebSocketServer } from 'ws';

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { pathname } = new URL(request.url, 'http://a');
  if (pathname === '/redirect') return response.writeHead(302, { location: '/json' }).end();
  if (pathname === '/status') return response.writeHead(503, { 'content-type': 'text/plain' }).end('busy');
  if (pathname === '/slow') return setTimeout(() => response.end('late'), 3000).unref();
  if (pathname === '/gzip') {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' });
    const zip = createGzip();
    zip.pipe(response);
    return zip.end('x'.repeat(100_000));
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ method: request.method, url: request.url, length: body.length, type: (request.headers['content-type'] ?? '').split(';')[0] }));
});
new WebSocketServer({ server, perMessageDeflate: true }).on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
const base = `http://127.0.0.1:${port}`;

console.log('got', await got(`${base}/redirect`).json(), (await got(`${base}/gzip`)).body.length);
console.log(await got.post(`${base}/post`, { json: { a: 1 }, searchParams: { q: 'ä' } }).json());
await got(`${base}/status`, { retry: { limit: 0 } }).catch((error) => console.log(error instanceof HTTPError, error.code, error.response.body));
await got(`${base}/slow`, { timeout: { request: 200 }, retry: { limit: 0 } }).catch((error) => console.log(error.name, error.code));
let streamed = 0;
for await (const chunk of got.stream(`${base}/gzip`)) streamed += chunk.length;
console.log(streamed);

console.log('axios', (await axios.get(`${base}/redirect`)).data, (await axios.get(`${base}/gzip`)).data.length);
console.log((await axios.postForm(`${base}/form`, { a: 1, file: Buffer.from('hello') })).data.type);
await axios.get(`${base}/status`).catch((error) => console.log(error instanceof AxiosError, error.code, error.response.status));
await axios.get(`${base}/slow`, { timeout: 200 }).catch((error) => console.log(error.code));
const abort = new AbortController();
setTimeout(() => abort.abort(), 50);
await axios.get(`${base}/slow`, { signal: abort.signal }).catch((error) => console.log(error.code));

const agent = new Agent({ pipelining: 4, connections: 1 });
const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => undiciRequest(`${base}/${i}`, { dispatcher: agent }).then(({ body }) => body.json())));
console.log('undici', answers.map(({ url }) => url).join());
await agent.close();

const form = new FormData();
form.set('a', 'b');
console.log('node-fetch', await (await nodeFetch(`${base}/form`, { method: 'POST', body: form })).json().then(({ type }) => type), (await (await nodeFetch(`${base}/gzip`)).text()).length);
await nodeFetch(`${base}/slow`, { signal: AbortSignal.timeout(100) }).catch((error) => console.log(error.name));

for (const [name, Client] of [['ws', WebSocket], ['undici', UndiciWebSocket], ['global', globalThis.WebSocket]]) {
  const socket = new Client(`ws://127.0.0.1:${port}/`);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send('grüße');
  socket.send(new Uint8Array(70_000));
  const got = [];
  await new Promise((resolve) => socket.addEventListener('message', ({ data }) => got.push(data) === 2 && resolve()));
  console.log(name, got[0], got[1].byteLength);
  socket.close(1000, 'done');
  await new Promise((resolve) => socket.addEventListener('close', ({ code, wasClean }) => resolve(console.log(code, wasClean))));
}
server.closeAllConnections();
server.close();
