// Writes of more than 2^32 bytes: all of them are written, or the call is refused. Nothing reads the
// zeros, so that they take no memory.
import fs from 'node:fs';

const huge = new Uint8Array(2 ** 32 + 5);
const fd = fs.openSync('/dev/null', 'w');
for (const [name, write] of Object.entries({
  writeSync: () => fs.writeSync(fd, huge),
  'writeSync of a part': () => fs.writeSync(fd, huge, 2 ** 32, 5),
  writevSync: () => fs.writevSync(fd, [huge, huge]) > 2 ** 30,
  writeFileSync: () => fs.writeFileSync('/dev/null', huge),
  write: () => new Promise((resolve) => { fs.write(fd, huge, resolve); }),
})) {
  try {
    console.log(name, await write());
  } catch (error) {
    console.log(name, error.code, error.message);
  }
}
