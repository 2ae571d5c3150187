// util.format and what console makes of its arguments.
const util = require('node:util');
const circular = {};
circular.self = circular;
const cases = [
  ['%s %d %i %f %j %o %O %% %c x', 1, 2.5, '3.7', '4.4', { a: 1 }, [1], { b: 2 }, 'css'], ['a', 'b', { c: 1 }], ['%s', { a: 1 }],
  ['%s', new Date(0)], ['%s', Symbol('a')], ['%d', 'x'], ['%x', 1], ['100%', 'a'], ['%s %s', 'a'], [1, '%s', 2], ['%%'], ['%%', 'a'],
  ['%s', null, undefined], ['%s', -0], ['%s', 5n], ['%i', Symbol('i')], [{}, 'a'], ['%O', { a: { b: { c: { d: {} } } } }],
  ['%j', circular], ['%s', [1, [2, [3]]]], [], [undefined], [null, 1, 'x', true], ['%d%%', 50],
];
for (const args of cases) console.log(util.format(...args));
console.log('%s is %d years', 'Ann', 42, { extra: true });
console.error('not on stdout');
console.group('group');
console.log('inner\nlines');
console.group();
console.info({ deep: { er: 1 } });
console.groupEnd();
console.groupEnd();
console.log('outer');
console.count();
console.count('x');
console.count();
console.countReset();
console.count();
console.assert(true, 'silent');
console.dir({ a: { b: { c: {} } } }, { depth: 0 });
