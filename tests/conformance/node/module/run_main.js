// Where require.resolve() looks, and a main module that the program starts itself.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const Module = require('node:module');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'modules-')));
const load = Module.createRequire(path.join(folder, 'entry.js'));
console.log(['.', '..', './a', '../a'].map((request) => load.resolve.paths(request).map((found) => path.relative(folder, found))));
console.log(load.resolve.paths('node:fs'), load.resolve.paths('package').slice(0, 2).map((found) => path.relative(folder, found)));
try {
  load.resolve.paths(1);
} catch (error) {
  console.log(error.code, error.message);
}

fs.writeFileSync(path.join(folder, 'other.js'), 'console.log("other", require.main === module, require.main.id);');
fs.writeFileSync(path.join(folder, 'main.js'), 'console.log(require.main === module, module.id, process.mainModule === module); require("./other");');
process.argv[1] = path.join(folder, 'main.js');
Module.runMain();
fs.rmSync(folder, { recursive: true });
