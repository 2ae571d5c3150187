// Contexts have globals of their own, what they are given is shared, and stacks have the names that scripts were given.
const vm = require('node:vm');

const box = vm.createContext({ shared: [1], console });
vm.runInContext('var mine = 1; let hidden = 2; shared.push(mine + hidden); function made() { return typeof require; }', box);
console.log(box.shared, box.mine, box.hidden, box.made(), typeof mine, vm.isContext(box), vm.isContext({}));
console.log(vm.runInContext('[] instanceof Array', box), vm.runInContext('[]', box) instanceof Array);
const script = new vm.Script('throw new Error(`at ${here}`)', { filename: 'given-name.js', lineOffset: 9 });
for (const here of ['first', 'second']) {
  try { script.runInNewContext({ here, Error }); } catch (error) { console.log(error.message, /given-name\.js:10:\d+/.exec(error.stack)?.[0]); }
}
try { vm.runInThisContext('while (true);', { timeout: 20 }); } catch (error) { console.log(error.code); }
console.log(vm.compileFunction('return a + b + this.c', ['a', 'b']).call({ c: 3 }, 1, 2));
try { vm.runInNewContext('const ='); } catch (error) { console.log(error.name, error instanceof SyntaxError); }
