#!/usr/bin/env python3
"""dv8:libz, beside Python's zlib and gzip."""

import gzip
import os
import random
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

# node main.js <mode> <flush at the end> <output bytes at a time>: stdin through a ZLib, 1000 bytes of input at a time.
FILTER = """
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
    if (left < 0) { console.error('error', left, z.error()); process.exit(3); }
    if (left < room) writeSync(1, out.subarray(0, room - left));
    if (left > 0) break;
    left = z.write(0, flush, room);
  }
}
z.end();
z.end();
"""
NONE, DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP = range(8)


class LibzTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_source(FILTER, name="main.mjs")
        random.seed(7)
        words = [bytes(random.choices(b"abcdefgh", k=5)) for _ in range(60)]
        cls.text = b" ".join(random.choices(words, k=20000))

    def filter(self, mode, data, room=777, level=-1, code=0):
        result = e2e.run([self.app, str(mode), str(room), str(level)], stdin=data)
        self.assertEqual(result.code, code, result.err)
        return result

    def test_constants(self):
        app = self.pack_source(
            "import { NONE, DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP } from 'dv8:libz'; console.log(NONE, DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP);",
            name="main.mjs",
        )
        self.assertEqual(e2e.run([app]).out, "0 1 2 3 4 5 6 7\n")

    def test_each_mode_makes_its_own_format(self):
        self.assertEqual(self.filter(NONE, self.text).raw_out, self.text)
        self.assertEqual(zlib.decompress(self.filter(DEFLATE, self.text).raw_out), self.text)
        self.assertEqual(gzip.decompress(self.filter(GZIP, self.text).raw_out), self.text)
        self.assertEqual(zlib.decompress(self.filter(DEFLATERAW, self.text).raw_out, -15), self.text)

    def test_each_mode_reads_its_own_format(self):
        raw = zlib.compressobj(wbits=-15)
        formats = {
            INFLATE: zlib.compress(self.text),
            GUNZIP: gzip.compress(self.text),
            INFLATERAW: raw.compress(self.text) + raw.flush(),
        }
        for mode, data in formats.items():
            for room in (1, 100, 100000):
                self.assertEqual(self.filter(mode, data, room=room).raw_out, self.text, (mode, room))
        self.assertEqual(self.filter(UNZIP, formats[INFLATE]).raw_out, self.text)
        self.assertEqual(self.filter(UNZIP, formats[GUNZIP]).raw_out, self.text)
        for mode, other in ((INFLATE, GUNZIP), (GUNZIP, INFLATE), (INFLATERAW, GUNZIP)):
            self.assertIn("error -3", self.filter(mode, formats[other], code=3).err)

    def test_gzip_members_follow_one_another(self):
        data = gzip.compress(b"one ") + gzip.compress(b"two")
        self.assertEqual(self.filter(GUNZIP, data).raw_out, b"one two")

    def test_levels(self):
        sizes = [len(self.filter(GZIP, self.text, level=level).raw_out) for level in (0, 1, 9)]
        self.assertGreater(sizes[0], len(self.text))
        self.assertGreater(sizes[1], sizes[2])

    def test_an_end_too_early_and_damage_are_errors(self):
        data = zlib.compress(self.text)
        self.assertIn("error -5", self.filter(INFLATE, data[:-100], code=3).err)
        damaged = bytearray(data)
        damaged[len(data) // 2] ^= 0x55
        self.assertIn("error -3", self.filter(INFLATE, bytes(damaged), code=3).err)

    def test_flush_and_available(self):
        source = """
        const { ZLib, DEFLATE, INFLATE, Z_SYNC_FLUSH } = library('libz', {});
        const input = new Buffer(); input.alloc(100);
        const out = new Buffer(); out.alloc(100);
        const n = input.write('hello hello');
        const z = new ZLib(DEFLATE);
        console.log(z.setup(input, out));
        let left = z.write(n, Z_SYNC_FLUSH);
        left = z.write(n, Z_SYNC_FLUSH); // Appends to what is there.
        const back = new Buffer(); back.alloc(100);
        const i = new ZLib(INFLATE);
        i.setup(out, back);
        console.log(back.read(0, 100 - i.write(100 - left)));
        console.log(i.write(0), i.write(0, 0, 100), i.left(), z.end(), i.end());
        """
        self.assertEqual(e2e.run([self.pack_source(source)]).out, "0\nhello hellohello hello\n78 100 0 0 0\n")

    def test_dropped_streams_are_freed(self):
        if e2e.is_sanitized():
            self.skipTest("a sanitizer keeps what was freed")
        source = """
        import { ZLib, DEFLATE } from 'dv8:libz';
        import { gc } from 'dv8:core';
        const b = new Uint8Array(10), turn = () => new Promise((done) => setTimeout(done, 0));
        const round = async () => {
          for (let i = 0; i < 1000; i++) new ZLib(DEFLATE).setup(b, b, 9);
          for (let i = 0; i < 3; i++) { gc(); await turn(); }
          return process.memoryUsage().rss;
        };
        await round();
        const before = await round();
        for (let i = 0; i < 7; i++) await round();
        console.log(Math.round((await round() - before) / 2 ** 20));
        """
        app = self.pack_source(source, "--v8-flags=--expose-gc", name="main.mjs")
        # What malloc keeps varies; 8000 of them are 512 MB at the least.
        self.assertLess(int(e2e.run([app]).out), 250)

    def test_misuse(self):
        source = """
        import { ZLib, GZIP, GUNZIP, DEFLATE } from 'dv8:libz';
        const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(`${e.name}: ${e.message}`); } };
        const z = new ZLib(GZIP), b = new Uint8Array(10);
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
        """
        out = e2e.run([self.pack_source(source, name="main.mjs")])
        self.assertEqual(out.code, 0, out)
        self.assertEqual(out.out, MISUSE, out)


MISUSE = """RangeError: ZLib: mode 8 is not a whole number from 0 to 7
RangeError: ZLib: mode -1 is not a whole number from 0 to 7
TypeError: Class constructor ZLib cannot be invoked without 'new'
-2
RangeError: write: length 1 at offset 0 is outside the buffer of 0 bytes
TypeError: setup: output must be a Buffer with memory, an ArrayBuffer or a typed array
TypeError: setup: output must be a Buffer with memory, an ArrayBuffer or a typed array
RangeError: setup: level 10 is not a whole number from -1 to 9
TypeError: setup: output must not be a resizable ArrayBuffer
0
RangeError: write: length 11 at offset 0 is outside the buffer of 10 bytes
RangeError: write: length -1 at offset 0 is outside the buffer of 10 bytes
RangeError: write: flush 6 is not a whole number from 0 to 5
RangeError: write: avail_out 6 is not a whole number from 0 to 5
RangeError: write: length 1 at offset 0 is outside the buffer of 0 bytes
0
TypeError: Cannot read private member #available from an object whose class did not declare it
0
-5
true
"""


if __name__ == "__main__":
    e2e.main()
