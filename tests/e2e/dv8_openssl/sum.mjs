import { Hash, Hmac } from 'dv8:openssl';
import { readFileSync } from 'node:fs';
const [algorithm, key] = process.argv.slice(2);
const source = readFileSync(0),
  input = new Uint8Array(1000),
  output = Buffer.alloc(64);
const sum = key === undefined ? new Hash() : new Hmac();
key === undefined ? sum.setup(algorithm, input, output) : sum.setup(algorithm, key, input, output);
for (let turn = 0; turn < 2; turn++) {
  sum.create();
  for (let at = 0; at < source.length; at += 1000) {
    const piece = source.subarray(at, at + 1000);
    input.set(piece);
    sum.update(piece.length);
  }
  const size = sum.digest();
  console.log(output.toString('hex', 0, size));
}
sum.free();
sum.free();
