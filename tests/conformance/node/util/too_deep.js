// What is nested deeper than the stack is cut, not an error.
const { inspect, format } = require('util');
let deep = {};
for (let i = 0; i < 1e5; i++) deep = { deep };
const text = inspect(deep, { depth: Infinity });
console.log(text.length > 1000, text.includes('[Object: Inspection interrupted prematurely. Maximum call stack size exceeded.]'));
let list = [];
for (let i = 0; i < 1e5; i++) list = [list];
console.log(inspect(list, { depth: Infinity }).includes('Inspection interrupted prematurely'));
console.log(format('%s', 'after'), inspect({ a: { b: 1 } }));
