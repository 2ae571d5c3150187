// Writes of more than 2^32 bytes: all of them are written, or the call is refused. Nothing reads the
// zeros, so that they take no memory.
import fs from 'node:fs';
import { finished } from 'node:stream/promises';

const huge = new Uint8Array(2 ** 32 + 5);
const fd = fs.openSync('/dev/null', 'w');
for (const [name, write] of Object.entries({
  writeSync: () => fs.writeSync(fd, huge),
  'writeSync of a part': () => fs.writeSync(fd, huge, 2 ** 32, 5),
  writevSync: () => fs.writevSync(fd, [huge, huge]) > 2 ** 30,
  writeFileSync: () => fs.writeFileSync('/dev/null', huge),
  writeFile: () => fs.promises.writeFile('/dev/null', huge),
  'writeFile to a descriptor': () => new Promise((resolve) => { fs.writeFile(fd, huge, resolve); }),
  write: () => new Promise((resolve) => { fs.write(fd, huge, resolve); }),
  WriteStream: async () => {
    const stream = fs.createWriteStream('/dev/null');
    stream.end(huge);
    await finished(stream);
    return stream.bytesWritten === huge.length;
  },
})) {
  try {
    console.log(name, await write());
  } catch (error) {
    console.log(name, error.code, error.message);
  }
}
