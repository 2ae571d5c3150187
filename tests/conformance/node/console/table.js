// console.table and console.time's format.
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
console.table([[1, 2], [3, 4]]);
console.table(new Map([['k', 1], ['l', { m: 2 }]]));
console.table(new Set([1, 'two']));
console.table({ row: { x: 1 }, other: 5 });
console.table([{ a: 1, b: 2 }], ['b']);
console.table('not a table');
const { Console } = require('node:console');
const lines = [];
const own = new Console({ write(text) { lines.push(text); return true; }, on() {}, once() {}, removeListener() {}, listenerCount: () => 0 });
own.log('to %s', 'memory', { a: 1 });
own.error('too');
console.log(lines, own instanceof Console, console instanceof Console, Object.prototype.toString.call(console));
