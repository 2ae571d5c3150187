// One of everything that a heap image has to mend when it is read, made when the program is packed.
const bytes = new Uint8Array(70_000).map((_, i) => i * 7);
const small = new Float64Array([1.5, -0, NaN]);
const view = new DataView(bytes.buffer, 3, 8);
const growing = new ArrayBuffer(8, { maxByteLength: 4096 });
const tracking = new Uint32Array(growing);
tracking[1] = 0xdeadbeef;
const empty = new Uint8Array(0);
const moved = new ArrayBuffer(8);
structuredClone(moved, { transfer: [moved] });
const large = Array.from({ length: 100_000 }, (_, i) => (i % 3 ? i : { i }));
const text = 'ä'.repeat(200_000);
const map = new Map(Array.from({ length: 500 }, (_, i) => [`key ${i}`, i]));
const set = new Set([NaN, 'one', 1n, Symbol.for('registered')]);
const weak = new WeakMap([[map, 'of map'], [set, 'of set']]);
const reference = new WeakRef(large);
const dictionary = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`name${i}`, i]));
delete dictionary.name7;
const numbers = { 4_000_000_000: 'far', 12: 'near' };
class Base { #hidden = 41; get hidden() { return ++this.#hidden; } static made = 0; }
class Derived extends Base { constructor() { super(); Base.made++; } *[Symbol.iterator]() { yield* 'abc'; } }
const made = new Derived();
const running = (function* () { let i = 0; for (;;) yield i++; })();
running.next();
const proxy = new Proxy({}, { get: (_, key) => `got ${String(key)}` });
const pattern = /(?<year>\d{4})-(\p{Lu})/u;
pattern.test('2026-Ä');
const date = new Date(Date.UTC(2026, 10, 25));
let format;
const big = 2n ** 200n;
const bound = Math.max.bind(null, 3);
const closures = [1, 2, 3].map((x) => (y) => x * y);
const template = (strings) => strings;
const site = () => template`same`;
const first = site();

function check() {
  const out = [
    bytes.length, bytes[69_999], view.getUint16(0), small[0], Object.is(small[1], -0), small[2],
    tracking[1].toString(16), growing.maxByteLength, empty.length, moved.detached,
    large.length, large[99_999].i, large[1], text.length, text[199_999],
    map.get('key 499'), map.size, set.has(NaN), set.has(1n), set.has(Symbol.for('registered')),
    weak.get(map), weak.get(set), weak.has(large), reference.deref() === large,
    dictionary.name1999, 'name7' in dictionary, Object.keys(dictionary).length,
    numbers[4_000_000_000], numbers[12],
    made.hidden > 41, Base.made, [...made].join(''), made instanceof Base,
    proxy.anything, pattern.exec('in 2026-Ä').groups.year, pattern.source,
    date.toISOString(), (format ??= new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })).format(1234.5), big === 1n << 200n, bound(2), closures[2](5), site() === first,
    eval('1 + 1'), JSON.stringify({ a: [1, 'x'] }), 'x'.padStart(3, 'ab'),
  ];
  return out.join(' ');
}

dv8.main(() => {
  const before = check();
  growing.resize(4096);
  // Both collectors come by several times.
  let kept = [];
  for (let round = 0; round < 60; round++) {
    kept = Array.from({ length: 20_000 }, (_, i) => ({ i, text: `${round} ${i}`, old: kept[i]?.text }));
  }
  console.log(before);
  console.log(before === check(), tracking.length, running.next().value, kept.length);
});
