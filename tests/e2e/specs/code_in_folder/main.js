// A folder of code that is loaded by names that only the running program knows; the library's modules that
// it asks for are asked for nowhere else.
const fs = require('node:fs');
const path = require('node:path');

const lib = path.join(__dirname, 'lib');
for (const name of fs.readdirSync(lib)) console.log(name, require(path.join(lib, name)));
