// What a program puts into require.extensions loads packed files, too, those that are values otherwise among them.
const fs = require('fs');

require.extensions['.txt'] = (module, file) => {
  module.exports = fs.readFileSync(file, 'utf8').trim().toUpperCase();
};
console.log(require('./word.txt'));
