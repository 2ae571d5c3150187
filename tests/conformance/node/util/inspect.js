// util.inspect over values of every kind.
const util = require('node:util');
class A { constructor() { this.x = 1; } get y() { return 2; } }
class B extends A { static s = 3; }
const circular = { a: 1 };
circular.self = circular;
circular.list = [circular];
const values = [
  1, -0, 'a', "it's", 'a"b\'c', 'x\ny', 10n, Symbol('s'), null, undefined, true, [], {}, [1, 2, 3], [, 1, , 2],
  { a: 1, b: 'x', c: [1, { d: { e: { f: 1 } } }] }, new Map([[1, { a: 2 }], ['k', [1]]]), new Set([1, 'a']), new A(), new B(), A, B,
  function foo() {}, () => {}, async () => {}, function* g() {}, circular, new Date(0), new Date(NaN), /a/g, Object.create(null),
  Object.create({}), new (class extends Map {})(), new (class X extends Array {})(3), new Uint8Array(3), new ArrayBuffer(4),
  Promise.resolve(4), new Promise(() => {}), new WeakMap(), new WeakSet(), new Proxy({ a: 1 }, {}), Object(1), Object('abc'), Object(1n),
  [1, 2, 3].values(), new Map([[1, 2]]).entries(), new Set([5]).values(), (function () { return arguments; })(1, 2),
  Array.from({ length: 120 }, (_, i) => i), Array.from({ length: 30 }, (_, i) => `item${i}`),
  { get a() { return 1; }, set b(v) {}, get c() { return 1; }, set c(v) {} }, { [Symbol('k')]: 1, 'a-b': 2, 1: 3 }, 'x'.repeat(200),
  ['x'.repeat(50), 'y'.repeat(50)], { long: 'lorem ipsum '.repeat(10) }, Object.assign(() => {}, { p: 1 }),
  { [util.inspect.custom](depth, options) { return `custom ${depth} ${typeof options.stylize}`; } }, [NaN, Infinity], '\u{1F600}\ud800',
  new String('x'), Array(5), Array(200), { u: undefined, n: null }, new Set(Array.from({ length: 30 }, (_, i) => i)),
];
for (const options of [undefined, { depth: 0 }, { showHidden: true }, { compact: false }, { sorted: true }, { breakLength: 40 }, { colors: true }]) {
  for (const value of values) console.log(util.inspect(value, options));
}
const error = new TypeError('boom');
error.stack = 'TypeError: boom\n    at somewhere (file.js:1:2)';
error.code = 'E_X';
console.log(error, [error], new Error('outer', { cause: error }).cause === error);
console.log(util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: null }), util.inspect('x'.repeat(20), { maxStringLength: 5 }));
