// Functions without a name are called in stacks by where they were assigned.
const where = (error) => error.stack.split('\n')[1].trim().replace(/ ?\(.*/, '');
const inner = {};
exports.property = function () { return where(new Error()); };
exports.arrow = () => where(new Error());
function Parser() {}
Parser.prototype.raise = function () { return where(new Error()); };
const shared = Parser.prototype;
shared.go = function () { return where(new Error()); };
inner.nested = { deep: function () { return where(new Error()); } };
const { property } = exports;
console.log([exports.property(), exports.arrow(), new Parser().raise(), new Parser().go(), inner.nested.deep(), property()].join('\n'));
