import { ZLib, Z_FINISH, Z_NO_FLUSH } from 'dv8:libz';
import { readFileSync, writeSync } from 'node:fs';
const [mode, room, level] = process.argv.slice(2).map(Number);
const source = readFileSync(0);
const input = new Uint8Array(1000);
const out = new Uint8Array(room);
const z = new ZLib(mode);
const rc = z.setup(input, out, level);
if (rc !== 0) throw new Error('setup ' + rc);
for (let at = 0; at <= source.length; at += 1000) {
  const piece = source.subarray(at, at + 1000);
  input.set(piece);
  const flush = at + 1000 > source.length ? Z_FINISH : Z_NO_FLUSH;
  let left = z.write(piece.length, flush, room);
  for (;;) {
    if (left < 0) {
      console.error('error', left, z.error());
      process.exit(3);
    }
    if (left < room) writeSync(1, out.subarray(0, room - left));
    if (left > 0) break;
    left = z.write(0, flush, room);
  }
}
z.end();
z.end();
