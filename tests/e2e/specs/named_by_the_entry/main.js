// The entry gives the name of the program to what loads it, as bin files do that look at Node's version first.
const { join } = require('node:path');
const guard = require('./lib/guard');
guard(join(__filename, '..'), './lib/cli.js', 12);
