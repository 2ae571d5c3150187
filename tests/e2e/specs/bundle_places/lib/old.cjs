'use strict';
const path = require('path');

exports.place = () => [path.basename(__dirname), path.basename(__filename), require.main === module];
exports.resolved = () => require.resolve('../parts/note.txt');
exports.one = (name) => require(`../plugins/${name}`)();
exports.load = (name) => {
  const file = path.join(__dirname, '..', 'plugins', name);
  return require(file)();
};
