// V8's code cache in programs that start from a heap image and in those that do not.
const vm = require('node:vm');

const source = 'function add(a, b) { return a + b; } add(40, 2)';
const script = new vm.Script(source, { produceCachedData: true });
console.log(script.runInThisContext(), script.cachedDataProduced);

const cache = script.createCachedData();
console.log(Buffer.isBuffer(cache), cache.length > 0);
const again = new vm.Script(source, { cachedData: cache });
console.log(again.runInThisContext(), again.cachedDataRejected);

const garbage = Buffer.from('no code cache, but long enough to be read as one');
console.log(new vm.Script(`${source} + 1`, { cachedData: garbage }).cachedDataRejected);
console.log(new vm.Script(source).cachedDataRejected);

const compiled = vm.compileFunction('return a * 2', ['a'], { produceCachedData: true });
console.log(compiled(21), compiled.cachedDataProduced);
const rejected = vm.compileFunction('return a * 3 - a', ['a'], { cachedData: garbage });
console.log(rejected(21), rejected.cachedDataRejected);
