import assert from 'node:assert/strict';
import { LruCache } from '../src/index.ts';

const cache = new LruCache<string, number>(2);
cache.set('a', 1).set('b', 2);
assert.equal(cache.get('a'), 1);
cache.set('c', 3);
assert.equal(cache.get('b'), undefined);
assert.equal(cache.size, 2);
cache.set('a', 4);
assert.deepEqual([cache.get('a'), cache.get('c')], [4, 3]);
assert.throws(() => new LruCache(0), RangeError);
console.log('all tests passed');
