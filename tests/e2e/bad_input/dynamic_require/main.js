const name = process.argv[2];
require(name);
