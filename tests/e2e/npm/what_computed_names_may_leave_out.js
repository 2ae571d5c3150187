const fs = require('fs'),
  path = require('path');
const name = 'tea',
  templates = ['order', 'templates'].join('-');
console.log(
  require(`./rules/${name}.rule`),
  require(path.join(__dirname, 'reports', name)),
  require(`../orders/commands/${name}/run`),
);
const folder = path.dirname(require.resolve(`${templates}/package.json`));
fs.cpSync(path.join(folder, 'new'), 'copy', { recursive: true });
fs.appendFileSync('copy/README.md', 's');
console.log(fs.readFileSync('copy/README.md', 'utf8'), (fs.statSync(path.join(folder, 'new/README.md')).mode & 0o200) !== 0);
require('child_process').fork(__dirname + '/child.js', [name]);
