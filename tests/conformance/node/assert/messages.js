// Messages of assertions.
const assert = require('node:assert');
const cases = [
  () => assert.strictEqual(1, 2), () => assert.strictEqual('a'.repeat(10), 'b'), () => assert.equal(1, 2), () => assert.equal(null, undefined),
  () => assert.notStrictEqual(1, 1), () => assert.deepStrictEqual([1, 2, 3], [1, 2, 3]), () => assert.deepEqual({ a: 1 }, { a: '1' }),
  () => assert.fail(), () => assert.fail('why'), () => assert.strictEqual(1, 2, 'own message'), () => assert.ifError(null),
  () => assert.ifError(new Error('x')), () => assert.match('abc', /x/), () => assert.doesNotMatch('abc', /a/),
  () => assert.throws(() => { throw new TypeError('bad'); }, TypeError), () => assert.throws(() => {}), () => assert.throws(() => {}, RangeError),
  () => assert.throws(() => { throw new Error('x'); }, /x/), () => assert.throws(() => { throw new Error('x'); }, { message: 'x' }),
  () => assert.doesNotThrow(() => { throw new Error('unwanted'); }), () => assert.strictEqual(NaN, NaN), () => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }),
  () => assert.deepStrictEqual(new Map([[1, 2]]), new Map([[1, 2]])), () => assert.strict.equal(1, '1'), () => assert(true), () => assert.ok(1),
  () => assert.strictEqual(true, false), () => assert.strictEqual(undefined, null),
];
for (const run of cases) {
  try {
    run();
    console.log('passes');
  } catch (error) {
    console.log(error.name, error.code, error.operator, error.generatedMessage, JSON.stringify(error.message));
  }
}
assert.rejects(Promise.reject(new Error('async')), /async/).then(() => console.log('rejects'));
assert.rejects(Promise.resolve(1)).catch((error) => console.log(error.message));
