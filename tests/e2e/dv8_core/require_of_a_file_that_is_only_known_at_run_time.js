globalThis.count = 0;
const at = (n) => args[2] + '/' + n;
console.log(require(at('value.js')), typeof q);
console.log(JSON.stringify(require(at('exports.js'))), require(at('exports.js')).n);
try {
  require(at('none.js'));
} catch (e) {
  console.log(e.code);
}
try {
  require(at('throws.js'));
} catch (e) {
  console.log(/throws.js:2/.test(e.stack));
}
