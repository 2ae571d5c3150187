// The stream classes of node:fs, where the packer has put them in.
import { makeError } from './errors.js';
import { lookup } from './registry.js';

const missing = { __proto__: null };

// Reading the property is no use yet: compilers copy all that `import * as fs` gives.
function find(module, name) {
  return lookup(module) ?? (missing[name] ??= function () {
    throw makeError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${module} (fs.${name} was not packed: no packed file names it)`);
  });
}

export function readStream() { return find('dv8:fs_read_stream', 'ReadStream'); }
export function writeStream() { return find('dv8:fs_write_stream', 'WriteStream'); }
