// The server's WebSockets with ws, and with the global WebSocket.
import { serve } from 'dv8:serve';
import { once } from 'node:events';
import WebSocketOfPackage from 'ws';

const closed = [];
const server = serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, server) {
    const path = new URL(request.url).pathname;
    if (path === '/late') return new Promise((resolve) => { setTimeout(() => resolve(server.upgrade(request) ? undefined : new Response('')), 50); });
    if (server.upgrade(request, { data: { path }, headers: { 'X-Socket': 'yes' } })) return undefined;
    return new Response('no WebSocket\n', { status: 426 });
  },
  websocket: {
    maxPayloadLength: 1_000_000,
    open(socket) {
      socket.subscribe('all');
      if (socket.data) socket.send(`open ${socket.data.path}`);
    },
    message(socket, data) {
      if (data === 'close') socket.close(4001, 'as asked');
      else if (data === 'all') server.publish('all', 'to all');
      else if (data === 'many') for (let i = 0; i < 200; i++) socket.send('x'.repeat(50_000));
      else socket.send(data);
    },
    ping(socket, data) { socket.send(`ping of ${data.length}`); },
    close(socket, code, reason) { closed.push(`${code} ${reason}`); },
  },
});
const url = `ws://127.0.0.1:${server.port}`;

class Client {
  constructor(path) {
    this.socket = new WebSocketOfPackage(url + path);
    this.messages = [];
    this.socket.on('message', (data, isBinary) => {
      this.messages.push(isBinary ? data : data.toString());
      this.wake?.();
    });
    this.socket.on('upgrade', (response) => { this.header = response.headers['x-socket']; });
  }
  async next() {
    while (this.messages.length === 0) await new Promise((resolve) => { this.wake = resolve; });
    return this.messages.shift();
  }
}

const one = new Client('/a');
console.log(await one.next(), one.header);
one.socket.send('grüße');
console.log(await one.next());
for (const size of [0, 125, 126, 65535, 65536, 900_000]) {
  one.socket.send(new Uint8Array(size).fill(size));
  const got = await one.next();
  console.log(got.length, got.every((byte) => byte === (size & 255)));
}
one.socket.send('in ', { fin: false });
one.socket.send('three ', { fin: false });
one.socket.send('parts', { fin: true });
console.log(await one.next());
one.socket.ping('abc');
console.log((await once(one.socket, 'pong'))[0].toString(), await one.next());
const two = new Client('/late');
await once(two.socket, 'open');
two.socket.send('all');
console.log(await one.next(), await two.next(), server.pendingWebSockets);
two.socket.send('many');
let bytes = 0;
for (let i = 0; i < 200; i++) bytes += (await two.next()).length;
console.log(bytes);
two.socket.send('close');
console.log((await once(two.socket, 'close')).map(String));
one.socket.send(new Uint8Array(1_000_001));
console.log((await once(one.socket, 'close')).map(String));

const third = new WebSocket(`${url}/global`);
console.log((await once(third, 'message'))[0].data);
third.close(1000, 'done');
const [{ code, reason, wasClean }] = await once(third, 'close');
console.log(code, reason, wasClean);
const fourth = new Client('/gone');
await once(fourth.socket, 'open');
fourth.socket.terminate();
while (closed.length < 4) await new Promise((resolve) => { setTimeout(resolve, 10); });
console.log(closed);
const refused = await fetch(`http://127.0.0.1:${server.port}/`);
console.log(refused.status, await refused.text());
await server.stop();
