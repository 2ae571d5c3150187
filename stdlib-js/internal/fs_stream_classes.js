// The stream classes of node:fs, where the packer has put them in.
import { makeError } from './errors.js';
import { lookup } from './registry.js';

function find(module, name) {
  const found = lookup(module);
  if (found === undefined) throw makeError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${module} (fs.${name} was not packed: no packed file names it)`);
  return found;
}

export function readStream() { return find('dv8:fs_read_stream', 'ReadStream'); }
export function writeStream() { return find('dv8:fs_write_stream', 'WriteStream'); }
