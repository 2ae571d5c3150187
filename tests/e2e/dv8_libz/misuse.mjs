import { ZLib, GZIP, GUNZIP, DEFLATE } from 'dv8:libz';
const attempt = (f) => {
  try {
    console.log(f());
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
const z = new ZLib(GZIP),
  b = new Uint8Array(10);
attempt(() => new ZLib(8));
attempt(() => new ZLib(-1));
attempt(() => ZLib(1));
attempt(() => z.write(0));
attempt(() => z.write(1));
attempt(() => z.setup(b));
attempt(() => z.setup(b, 'x'));
attempt(() => z.setup(b, b, 10));
attempt(() => z.setup(b, new ArrayBuffer(8, { maxByteLength: 16 })));
attempt(() => z.setup(b, new Uint8Array(5)));
attempt(() => z.write(11));
attempt(() => z.write(-1));
attempt(() => z.write(1, 6));
attempt(() => z.write(1, 0, 6));
z.end();
attempt(() => z.write(1));
attempt(() => z.setup(b, b));
attempt(() => ZLib.prototype.write.call({}, 1));
// New input before the old one is used.
const big = new Uint8Array(100000).map((_, i) => i * 7919);
const d = new ZLib(DEFLATE);
d.setup(big, new Uint8Array(1));
attempt(() => d.write(big.length, 4));
attempt(() => d.write(big.length));
// Buffers may go.
let gone = new ArrayBuffer(1000);
const g = new ZLib(GUNZIP);
g.setup(gone, b);
structuredClone(gone, { transfer: [gone] });
attempt(() => g.write(1000) <= 10);
for (let i = 0; i < 2000; i++) new ZLib(DEFLATE).setup(b, b, 9); // 256 KiB each.
