const qs = require('querystring');
for (const text of ['a=1&b=2&a=3', 'x=%20y+z&=q&w', 'a=%F0%9F%98%80', 'a=%zz', '', 'a;b=c', 'k=v=w', '&&a&&', 'a=1&a=2&a=3', '__proto__=1', 'hasOwnProperty=x', '%E4=1']) console.log(text, qs.parse(text));
console.log(qs.parse('a:1;b:2', ';', ':'), qs.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }), qs.parse('a=x', null, null, { decodeURIComponent: (s) => `<${s}>` }), qs.parse(5), qs.parse(undefined));
console.log(qs.stringify({ a: 1, b: ['x', 'y'], c: '', d: null, e: true, f: undefined, g: 'ä &=', h: NaN, i: 10n, j: {} }), qs.stringify({ a: 'b', c: 'd' }, ';', ':'), qs.stringify('x'), qs.stringify(null));
console.log(qs.escape('a b&ä😀~!*()\''), qs.unescape('a%20b%zz'), qs.stringify({ a: 'b c' }, null, null, { encodeURIComponent: (s) => `<${s}>` }));
try {
  qs.escape('\ud800');
} catch (error) {
  console.log(error.name, error.code, error.message);
}
console.log(Object.keys(qs).sort().join(), qs.decode === qs.parse, qs.encode === qs.stringify, Object.getPrototypeOf(qs.parse('a=1')));
