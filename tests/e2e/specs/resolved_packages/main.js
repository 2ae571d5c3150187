// Packages that a program asks for by require.resolve(): it reads and loads them by their paths.
const fs = require('node:fs');
const path = require('node:path');

const main = require.resolve('semver');
const file = require.resolve('semver/classes/semver.js');
console.log(path.relative(__dirname, main), path.relative(__dirname, file));
console.log(fs.readFileSync(file, 'utf8').includes('class SemVer'), new (require(file))('1.2.3').minor);
console.log(require(main).satisfies('1.2.3', '^1.0.0'));
try {
  require.resolve('no-such-package');
} catch (error) {
  console.log(error.code);
}
