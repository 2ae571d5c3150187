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
NONE, DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP = range(8)


class LibzTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_program("filter.mjs")
        random.seed(7)
        words = [bytes(random.choices(b"abcdefgh", k=5)) for _ in range(60)]
        cls.text = b" ".join(random.choices(words, k=20000))

    def filter(self, mode, data, room=777, level=-1, code=0):
        result = e2e.run([self.app, str(mode), str(room), str(level)], stdin=data)
        self.assertEqual(result.code, code, result.err)
        return result

    def test_constants(self):
        self.assert_prints("constants.mjs")

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
        self.assert_prints("flush_and_available.js")

    def test_dropped_streams_are_freed(self):
        if e2e.is_sanitized():
            self.skipTest("a sanitizer keeps what was freed")
        app = self.pack_program("dropped_streams_are_freed.mjs", "--v8-flags=--expose-gc")
        # What malloc keeps varies; 8000 of them are 512 MB at the least.
        self.assertLess(int(e2e.run([app]).out), 250)

    def test_misuse(self):
        self.assert_prints("misuse.mjs")


if __name__ == "__main__":
    e2e.main()
