// ioredis, to Redis over TLS and without: cache.js CERTIFICATE PORT TLS_PORT.
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';

const [, , certificate, port, tlsPort] = process.argv;
const ca = readFileSync(certificate);
for (const options of [{ port: Number(port) }, { port: Number(tlsPort), tls: { ca, servername: 'localhost' } }]) {
  const redis = new Redis({ host: '127.0.0.1', ...options });
  await redis.flushall();
  console.log(await redis.set('a', 'grüße', 'EX', 100), await redis.get('a'), await redis.ttl('a') > 90);
  console.log(await redis.setBuffer?.('b', Buffer.from([0, 255])) ?? await redis.set('b', Buffer.from([0, 255])), await redis.getBuffer('b'));
  console.log(await redis.hset('h', { x: 1, y: 2 }), await redis.hgetall('h'), await redis.incrby('n', 5));
  await redis.incr('h').catch((error) => console.log(error.message));
  const pipeline = redis.pipeline();
  for (let i = 0; i < 1000; i++) pipeline.rpush('list', i);
  console.log((await pipeline.exec()).length, await redis.lrange('list', -2, -1));
  console.log(await redis.multi().incr('n').get('n').exec(), await redis.eval('return {KEYS[1], ARGV[1] + 1}', 1, 'k', 2));
  redis.defineCommand('twice', { numberOfKeys: 1, lua: 'return redis.call("incrby", KEYS[1], ARGV[1] * 2)' });
  console.log(await redis.twice('n', 10));
  const subscriber = redis.duplicate();
  const heard = new Promise((resolve) => subscriber.on('message', (channel, text) => resolve([channel, text])));
  await subscriber.subscribe('news');
  await redis.publish('news', 'hello');
  console.log(await heard);
  const names = [];
  for await (const keys of redis.scanStream({ count: 2 })) names.push(...keys);
  console.log(names.sort());
  subscriber.disconnect();
  console.log(await redis.quit());
}
