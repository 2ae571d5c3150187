const fs = require('fs');
const { dirname } = require('path');
const [, started] = process.argv;
console.log(started, __filename, require.main.filename);
console.log(fs.realpathSync(started) === __filename, fs.realpathSync.native(started) === __filename);
console.log(fs.lstatSync(started).isSymbolicLink(), fs.statSync(started).isFile(), fs.readFileSync(started, 'utf8').length);
console.log(fs.readdirSync(dirname(started), { withFileTypes: true }).map((entry) => [entry.name, entry.isSymbolicLink()]));
try {
  fs.readlinkSync(__filename);
} catch (error) {
  console.log(error.code);
}
if (process.argv[2] === undefined) require('child_process').fork(started, ['child']);
