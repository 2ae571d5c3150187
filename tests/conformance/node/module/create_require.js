// Modules that only the running program knows, from the disk.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createRequire, isBuiltin, builtinModules } = require('node:module');
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'modules-')));
const write = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
};
write('a.js', "exports.b = require('./b'); exports.name = require('path').basename(__filename); exports.main = require.main === module;");
write('b.json', '{"n": 1}');
write('cycle1.js', "exports.early = 1; exports.other = require('./cycle2').seen; ");
write('cycle2.js', "exports.seen = require('./cycle1').early;");
write('node_modules/main-pkg/package.json', '{"main": "lib/x"}');
write('node_modules/main-pkg/lib/x.js', "module.exports = 'main';");
write('node_modules/exp/package.json', '{"exports": {".": {"import": "./i.mjs", "require": "./r.cjs"}, "./sub/*": "./lib/*.js"}, "imports": {"#in": "./lib/s.js"}}');
write('node_modules/exp/r.cjs', "module.exports = ['exports', require('#in')];");
write('node_modules/exp/lib/s.js', "module.exports = 'pattern';");
write('throws.js', "throw new Error('at load');");
write('dir/index.js', 'module.exports = __dirname.endsWith("dir");');
const load = createRequire(path.join(folder, 'entry.js'));
console.log(load('./a'), load('./a') === load('./a.js'), load('./cycle1'), load('./dir'));
console.log(load('main-pkg'), load('exp'), load('exp/sub/s'), load.resolve('./b').slice(folder.length), load('node:path') === path);
for (const name of ['./missing', 'missing-pkg', 'exp/private', './throws']) {
  try {
    load(name);
  } catch (error) {
    console.log(error.code, error.message.split('\n')[0].replaceAll(folder, '<folder>'));
  }
}
delete load.cache[load.resolve('./b')];
console.log(Object.keys(load.cache).some((name) => name.endsWith('a.js')), isBuiltin('fs'), isBuiltin('node:fs'), isBuiltin('x'), builtinModules.includes('fs'));
fs.rmSync(folder, { recursive: true });
