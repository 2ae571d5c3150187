import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApp } from '../src/server.ts';

const { server, stop } = createApp();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

for (const [path, status, body] of [
  ['/', 200, { hello: 'world' }],
  ['/health', 200, { status: 'ok' }],
  ['/ready?probe', 200, { ready: true }],
  ['/nowhere', 404, { error: 'not found' }],
] as const) {
  const response = await fetch(base + path);
  assert.equal(response.status, status, path);
  assert.deepEqual(await response.json(), body);
}
await stop(1000);
await assert.rejects(fetch(base));
console.log('all tests passed');
