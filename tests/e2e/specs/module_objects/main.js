// CommonJS' objects in a program that needs nothing of Node.
const child = require('./lib/child');
console.log(require.main === module, process.mainModule === module, module.id, module.filename, module.loaded, module.parent);
console.log(child.parent === module, child.id, child.loadedThen, module.children.length, require('./lib/child') === child);
console.log(require.resolve('./lib/child'), Object.keys(require.cache));
console.log(module.paths, require('./data.json'), this === module.exports, typeof exports);
delete require.cache[require.resolve('./lib/child')];
console.log(require('./lib/child') === child, new Function('return typeof require')());
try {
  require('./lib/throws');
} catch (error) {
  console.log(error.message, require.resolve('./lib/throws') in require.cache);
}
for (const request of ['', 3]) {
  try {
    require(request);
  } catch (error) {
    console.log(error.name, error.code);
  }
}
with ({ inScope: 'with' }) console.log(inScope);
undeclared = 'sloppy';
console.log(undeclared);
