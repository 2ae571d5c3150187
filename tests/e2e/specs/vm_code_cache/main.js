// What takes or gives V8's code cache works, whether the program's start leaves V8 one or not.
const vm = require('node:vm');

const source = 'function add(a, b) { return a + b; } add(40, 2)';
const script = new vm.Script(source, { produceCachedData: true });
console.log(script.runInThisContext(), typeof script.cachedDataProduced);

const cache = script.createCachedData();
console.log(Buffer.isBuffer(cache));
const again = new vm.Script(source, { cachedData: cache });
console.log(again.runInThisContext(), typeof again.cachedDataRejected);

const garbage = Buffer.from('no code cache, but long enough to be read as one');
console.log(new vm.Script(source, { cachedData: garbage }).cachedDataRejected);
console.log(new vm.Script(source).cachedDataRejected);

const compiled = vm.compileFunction('return a * 2', ['a'], { produceCachedData: true });
console.log(compiled(21), typeof compiled.cachedDataProduced);
const rejected = vm.compileFunction('return a * 2', ['a'], { cachedData: garbage });
console.log(rejected(21), rejected.cachedDataRejected);
