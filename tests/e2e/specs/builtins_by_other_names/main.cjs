// A builtin is one, whatever import of the package or slash leads to it.
const { createRequire } = require('node:module');
console.log(require('#files') === require('node:fs'), require('events/') === require('node:events'));
console.log(createRequire(__filename)('#files') === require('fs'));
import('#files').then((files) => console.log(files.default === require('fs')));
