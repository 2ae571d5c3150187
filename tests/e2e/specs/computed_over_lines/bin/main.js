// A path in the way that formatters write long calls, with a comma behind the last argument.
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const part = path.resolve(
  __dirname,
  '../',
  'parts',
  `${process.argv[2] ?? 'one'}.js`,
);
import(pathToFileURL(part)).then((loaded) => console.log(loaded.default), console.error);
