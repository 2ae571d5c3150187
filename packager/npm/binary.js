// Where the platform's package has the command.
'use strict';

const { dirname, join } = require('node:path');
const { version } = require('../package.json');

const platform = '@dv8pack/linux-x64';

/** The path of the command. Throws what to do when the platform's package is not there. */
exports.findBinary = function findBinary() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`dv8pack runs on Linux on x86-64, and this is ${process.platform}-${process.arch}: ` +
      'use it in a container or a virtual machine of that platform (docker run --platform linux/amd64 node:24)');
  }
  let file;
  try {
    file = require.resolve(`${platform}/package.json`);
  } catch {
    throw new Error(`the package ${platform}, which has the command, is not installed: npm installs it with dv8pack unless ` +
      'it is told to omit optional packages, or node_modules comes from another platform.\n' +
      `Install without --omit=optional, or add it: npm install ${platform}@${version}`);
  }
  const found = require(file).version;
  if (found !== version) {
    throw new Error(`dv8pack ${version} needs ${platform} ${version}, and ${dirname(file)} is ${found}: ` +
      `npm install ${platform}@${version}`);
  }
  return join(dirname(file), 'bin', 'dv8pack');
};
