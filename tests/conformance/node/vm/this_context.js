// Code in this context.
const vm = require('node:vm');
globalThis.shared = 20;
console.log(vm.runInThisContext('shared + 1'), new vm.Script('shared * 2').runInThisContext(), vm.isContext({}));
console.log(vm.compileFunction('return a + b', ['a', 'b'])(1, 2), typeof vm.runInThisContext('typeof require'));
try {
  new vm.Script('let let');
} catch (error) {
  console.log(error.name);
}
