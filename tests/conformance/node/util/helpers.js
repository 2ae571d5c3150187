// promisify, callbackify, inherits, deprecate, types, isDeepStrictEqual, styleText, parseArgs.
const util = require('node:util');
const add = (a, b, callback) => process.nextTick(callback, a < 0 ? new Error('negative') : null, a + b);
util.promisify(add)(1, 2).then((value) => console.log('sum', value));
util.promisify(add)(-1, 2).catch((error) => console.log('caught', error.message));
util.callbackify(async (x) => x * 2)(21, (error, value) => console.log('callback', error, value));
util.callbackify(() => Promise.reject(null))((error) => console.log(error.code, error.reason));
util.promisify(setTimeout)(1, 'late').then(console.log);
function Base() {}
function Derived() {}
util.inherits(Derived, Base);
console.log(new Derived() instanceof Base, Derived.super_ === Base);
console.log(util.types.isDate(new Date()), util.types.isRegExp({}), util.types.isPromise(Promise.resolve()), util.types.isProxy(new Proxy({}, {})),
            util.types.isUint8Array(new Uint8Array()), util.types.isGeneratorFunction(function* () {}), util.types.isBoxedPrimitive(Object(1)));
const pairs = [
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }], [{ a: 1 }, { a: '1' }], [[1, 2], [2, 1]], [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
  [new Set([[1], [2]]), new Set([[2], [1]])], [NaN, NaN], [0, -0], [new Date(1), new Date(1)], [/a/g, /a/i], [new Error('a'), new Error('a')],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])], [Object(1), Object(1)], [{ [Symbol.for('s')]: 1 }, { [Symbol.for('s')]: 2 }], [[], {}], [null, undefined],
];
for (const [a, b] of pairs) console.log(util.isDeepStrictEqual(a, b));
console.log(JSON.stringify(util.styleText('red', 'x', { validateStream: false })), util.stripVTControlCharacters('\u001b[31mred\u001b[39m'));
const options = { verbose: { type: 'boolean', short: 'v' }, out: { type: 'string', short: 'o', default: 'a.out' }, define: { type: 'string', multiple: true } };
console.log(util.parseArgs({ args: ['-v', '--out=x', 'file', '--define', 'a', '--define=b', '--', '-z'], options, allowPositionals: true }));
for (const args of [['--nope'], ['--out'], ['--verbose=1'], ['stray']]) {
  try {
    util.parseArgs({ args, options });
  } catch (error) {
    console.log(error.code, error.message);
  }
}
console.log(util.getSystemErrorName(-2), util.inspect.custom === Symbol.for('nodejs.util.inspect.custom'));
try {
  util.promisify(1);
} catch (error) {
  console.log(error.name, error.code, error.message, String(error));
}
