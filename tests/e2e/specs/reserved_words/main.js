// Sloppy CommonJS: names that strict mode reserves, as old programs have them.
var package = require('./package.json');
var static = function (interface) { return interface + 010; };
const { protected, let: yield } = require('./words');

console.log(package.version, static(1), protected, yield, this === module.exports, __filename.endsWith('main.js'));
try {
  null.private;
} catch (error) {
  console.log(error.stack.split('\n')[1].trim());
}
