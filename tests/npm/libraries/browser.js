// playwright-core drives Chromium through a page that a server of HTTPS and WebSockets gives: requests, streams, events, a file.
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';

const pem = readFileSync(process.argv[2]);
const page = `<!doctype html><meta charset="utf-8"><title>Grüße</title><link rel="icon" href="data:,">
<script type="module">
const seen = {};
const json = await fetch('/json', { method: 'POST', body: JSON.stringify({ n: 1n.toString(), text: 'ü€𝄞' }) });
seen.json = [json.status, json.headers.get('content-type'), await json.json()];
const parts = [];
const reader = (await fetch('/stream')).body.pipeThrough(new TextDecoderStream()).getReader();
for (let part; !(part = await reader.read()).done;) parts.push(part.value);
seen.stream = parts.join('');
const events = new EventSource('/events');
seen.events = await new Promise((resolve) => { const all = []; events.onmessage = ({ data }) => { if (all.push(data) === 3) resolve(all); }; });
events.close();
const upload = new FormData();
upload.set('file', new File([new Uint8Array(100_000).fill(65)], 'a.bin'));
seen.upload = await (await fetch('/upload', { method: 'POST', body: upload })).text();
seen.missing = (await fetch('/none')).status;
const socket = new WebSocket(location.href.replace('https', 'wss'), 'echo');
socket.binaryType = 'arraybuffer';
await new Promise((resolve) => { socket.onopen = resolve; });
const answer = () => new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(data); });
const texts = answer();
socket.send('hello');
seen.text = await texts;
const bytes = answer();
socket.send(new Uint8Array(300_000).fill(7));
seen.bytes = (await bytes).byteLength;
seen.protocol = [socket.protocol, socket.extensions];
const closed = new Promise((resolve) => { socket.onclose = ({ code, reason, wasClean }) => resolve([code, reason, wasClean]); });
socket.close(4001, 'done');
seen.closed = await closed;
document.body.textContent = JSON.stringify(seen);
document.title = 'done';
</script><body></body>`;

const server = createServer({ key: pem, cert: pem }, async (request, response) => {
  if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end(page);
  if (request.url === '/json') {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    return response.setHeader('Content-Type', 'application/json').end(text);
  }
  if (request.url === '/upload') {
    let size = 0;
    for await (const part of request) size += part.length;
    return response.end(String(size > 100_000 && size < 101_000));
  }
  if (request.url === '/stream' || request.url === '/events') {
    const isEvents = request.url === '/events';
    response.setHeader('Content-Type', isEvents ? 'text/event-stream' : 'text/plain');
    for (let i = 0; i < 3; i++) {
      response.write(isEvents ? `data: ${i}\n\n` : `part ${i};`);
      await delay(20);
    }
    return response.end();
  }
  return response.writeHead(404).end();
});
const sockets = new WebSocketServer({ server, perMessageDeflate: true });
const ends = [];
sockets.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('close', (code, reason) => ends.push([code, String(reason)]));
});
await once(server.listen(0, '127.0.0.1'), 'listening');

const browser = await chromium.launch({ executablePath: process.argv[3], args: ['--no-sandbox'] });
const context = await browser.newContext({ ignoreHTTPSErrors: true });
const tab = await context.newPage();
const complaints = [];
tab.on('console', (message) => complaints.push(message.text()));
tab.on('pageerror', (error) => complaints.push(error.message));
const response = await tab.goto(`https://localhost:${server.address().port}/`);
console.log(response.status(), response.headers()['content-type'], (await response.securityDetails()).protocol);
await tab.waitForFunction(() => document.title === 'done', undefined, { timeout: 20_000 }).catch((error) => console.log(error.message));
console.log(await tab.evaluate(() => document.body.textContent));
console.log((await tab.screenshot()).subarray(1, 4).toString(), complaints, ends);
await browser.close();
sockets.close();
server.close();
server.closeAllConnections();
