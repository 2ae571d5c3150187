const { createRequire } = require('node:module');
const path = require('node:path'), fs = require('node:fs');
const dir = fs.mkdtempSync(`${require('node:os').tmpdir()}/disk-`);
fs.writeFileSync(dir + '/a.cjs', 'exports.a = 1; exports.file = __filename; exports.fs = require("fs") === require("node:fs");');
fs.writeFileSync(dir + '/b.mjs', 'import fs, {readFileSync} from "node:fs"; import { a } from "./a.cjs"; import j from "./j.json" with {type:"json"}; export const b = a + 1; export const u = import.meta.filename; export { j }; export default typeof readFileSync;');
fs.writeFileSync(dir + '/j.json', '{"x":3}');
fs.writeFileSync(dir + '/c.js', 'import "./b.mjs"; export const c = await Promise.resolve(9);');
const n = (s) => dir + '/' + s;
console.log(createRequire(n('x.js'))('./a.cjs').a, require(n('a.cjs')).fs, require(n('j.json')).x);
console.log(require(n('b.mjs')).b);
(async () => {
  const m = await import(n('b.mjs')); console.log(m.b, m.default, m.j.x, m.u === n('b.mjs'));
  console.log((await import(n('c.js'))).c);
  console.log((await import(n('j.json'), { with: { type: 'json' } })).default.x);
  console.log((await eval('import("node:path")')).default === path);
  console.log(await (new Function('x', 'return import(x)'))(n('b.mjs')).then((x) => x.b));
  try { await import(n('none.mjs')); } catch (e) { console.log(e.code); }
  try { require('nopackage' + '1'); } catch (e) { console.log(e.code, Array.isArray(e.requireStack)); }
  console.log(require.resolve(n('a.cjs')) === n('a.cjs'), typeof require.cache, require.main === module);
  const vm = require('vm'); console.log(vm.runInNewContext('x + 1', { x: 2 }), new vm.Script('this.y = 5').runInThisContext());
})();
