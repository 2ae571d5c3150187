#!/usr/bin/env python3
"""A packed app is a proper ELF file: readelf has no complaint, strip and objcopy leave a program that runs."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

OUT = "runs inner.ts:2\n"
HEAP = ".dv8.heap"  # The section that the program starts from.


class ElfTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_program("main.ts")

    def changed(self, *command):
        """A copy of the app that `command` has gone over; {} is its path."""
        copy = os.path.join(e2e.scratch("copy"), "app")
        shutil.copy(self.app, copy)
        result = e2e.run([part.replace("{}", copy) for part in command])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return copy

    def readelf(self, *options):
        result = e2e.run(["readelf", "-W", *options, self.app])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out

    def test_runs(self):
        self.assert_runs([self.app], out=OUT)

    def test_readelf_is_clean(self):
        self.readelf("-a")
        listing = self.readelf("-l", "-S")
        for name in (".dv8.payload", HEAP, ".dv8.source", ".dv8.map"):
            self.assertIn(f" {name} ", listing)
        self.assertNotIn("RWE", listing)

    def test_static_pie_full_relro(self):
        listing = self.readelf("-h", "-l", "-d")
        self.assertIn("DYN", listing)
        self.assertIn("GNU_RELRO", listing)
        self.assertNotIn("INTERP", listing)
        self.assertNotIn("NEEDED", listing)
        self.assertIn("NOW", listing)
        self.assertNotIn("TEXTREL", listing)

    def test_stack_is_not_executable(self):
        stack = [line for line in self.readelf("-l").splitlines() if "GNU_STACK" in line]
        self.assertEqual(len(stack), 1)
        self.assertNotIn("E", stack[0].split()[-2])

    def test_template_is_stripped(self):
        self.assertNotIn(".symtab", self.readelf("-S"))

    def test_strip(self):
        self.assert_runs([self.changed("strip", "{}")], out=OUT)

    def test_strip_all(self):
        self.assert_runs([self.changed("strip", "-s", "{}")], out=OUT)

    def test_strip_twice(self):
        self.assert_runs([self.changed("bash", "-c", "strip '{}' && strip --strip-unneeded '{}'")], out=OUT)

    def test_objcopy(self):
        copy = self.changed("objcopy", "{}", "{}.copied")
        self.assert_runs([copy + ".copied"], out=OUT)

    def test_objcopy_add_section(self):
        self.assert_runs([self.changed("objcopy", "--add-section", ".note.mine=/etc/hostname", "{}")], out=OUT)

    def test_llvm_strip(self):
        tool = shutil.which("llvm-strip-19")
        if not tool:
            self.skipTest("llvm-strip-19 is not here")
        self.assert_runs([self.changed(tool, "{}")], out=OUT)

    def test_cut_file_is_refused(self):
        # What is missing is the snapshot, or half of the engine.
        for part in (0.5, 0.75):
            copy = os.path.join(e2e.scratch("copy"), "app")
            shutil.copy(self.app, copy)
            os.truncate(copy, int(os.path.getsize(copy) * part))
            try:
                result = e2e.run([copy])
            except OSError:
                continue  # The kernel's own check.
            self.assertNotEqual(result.code, 0)
            self.assertEqual(result.out, "")

    def test_flipped_byte_in_the_heap_is_refused(self):
        section = next(line for line in self.readelf("-S").splitlines() if f" {HEAP} " in line)
        offset, size = (int(x, 16) for x in section.split("PROGBITS")[1].split()[1:3])
        copy = os.path.join(e2e.scratch("copy"), "app")
        shutil.copy(self.app, copy)
        with open(copy, "r+b") as file:
            file.seek(offset + 8)
            byte = file.read(1)
            file.seek(offset + 8)
            file.write(bytes([byte[0] ^ 0x40]))
        result = e2e.run([copy])
        self.assertEqual(result.code, 70, result)
        self.assertNotIn("runs", result.out)

    def test_file_without_payload_says_so(self):
        result = e2e.run([os.path.join(e2e.dist(), "libexec", "dv8-runtime")])
        self.assertEqual(result.code, 70, result)
        self.assertIn("no program in it", result.err)


if __name__ == "__main__":
    e2e.main()
