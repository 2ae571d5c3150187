const a = {};
console.log(module('assets', a) === a, typeof a.list);
const b = library('assets');
console.log(b.list().length);
console.log(module('nothing', {}), library('nothing', {}));
module.exports = 5;
console.log(typeof module, module.exports);
