#!/usr/bin/env python3
"""A packed app runs as the only file there is; the tarball packs where only the tarball is."""

import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

OUT_LINES = {
    "alone / app",
    "string true true /tmp",
    "1970-01-01T00:00:00.000Z 01/07/2024, 02:00:00",
    "kept /b",
    "false false false",
    "later",
    "wasm",
    "stat 4",
}


class ChrootTest(e2e.TestCase):
    def setUp(self):
        reason = e2e.can_use_namespaces()
        if reason:
            self.skipTest(f"no namespaces here: {reason}")

    def enter(self, folder, argv, **kwargs):
        return e2e.run(e2e.namespace(["--mount"], ["chroot", folder, *argv]), **kwargs)

    def test_only_file(self):
        for mode in ("code", "none"):
            with self.subTest(mode):
                folder = e2e.scratch("root")
                self.pack_program("only_file.mjs", f"--snapshot={mode}", output=os.path.join(folder, "app"))
                result = self.enter(folder, ["/app"])
                self.assertEqual((result.code, result.err), (0, ""), result)
                self.assertEqual(set(result.out.splitlines()), OUT_LINES)

    def test_error_in_the_only_file(self):
        folder = e2e.scratch("root")
        self.pack_program("throws.ts", output=os.path.join(folder, "app"))
        result = self.enter(folder, ["/app"])
        self.assertEqual(result.code, 1, result)
        self.assertIn("at /app/throws.ts:3:7", result.err.replace("at Object.<anonymous> (", "at ").replace("at <anonymous> (", "at "))

    def enter_with_assets(self, folder, real_files, *args):
        """Runs main.mjs where the root holds `real_files`; what it prints, and the files that are then there."""
        os.mkdir(os.path.join(folder, "tmp"))
        e2e.write_tree(folder, real_files)
        options = [f"--asset={name}" for name in ("data", "greeting.txt")]
        self.pack("main.mjs", *options, cwd=e2e.program(""), output=os.path.join(folder, "program"))
        result = self.enter(folder, ["/program", *args])
        self.assertEqual((result.code, result.err), (0, ""), result)
        found = {}
        for base, _, names in os.walk(os.path.join(folder, "app")):
            for name in names:
                path = os.path.join(base, name)
                with open(path, encoding="utf-8") as file:
                    found[os.path.relpath(path, folder)] = file.read()
        return result.out, found

    def test_embedded_files_alone(self):
        out, found = self.enter_with_assets(e2e.scratch("root"), {})
        self.assert_golden(e2e.program("alone.out"), out)
        self.assertEqual(found, {})

    def test_embedded_files_over_a_real_folder(self):
        real = {
            "app/config.txt": "real config", "app/data/a.txt": "real a",
            "app/data/real.txt": "real only", "app/data/sub/b.txt": "real b",
        }
        out, found = self.enter_with_assets(e2e.scratch("root"), real, "real")
        self.assert_golden(e2e.program("real.out"), out)
        self.assertEqual(found, real)

    def test_tarball_alone(self):
        folder = e2e.scratch("root")
        shutil.copytree(e2e.dist(), os.path.join(folder, "dv8pack"), symlinks=True)
        e2e.write_tree(folder, {"src/app.ts": "const x: number = 20 + 22;\nconsole.log(x, process.argv[2]);\n"})
        packed = self.enter(folder, ["/dv8pack/bin/dv8pack", "/src/app.ts", "-o", "/out"], timeout=120)
        self.assertEqual((packed.code, packed.err), (0, ""), packed)
        self.assertEqual(sorted(os.listdir(folder)), ["dv8pack", "out", "src"], "nothing is left behind")
        self.assertEqual(self.enter(folder, ["/out", "hi"]).out, "42 hi\n")
        run = self.enter(folder, ["/dv8pack/bin/dv8pack", "run", "/src/app.ts", "there"], timeout=120)
        self.assertEqual((run.code, run.out, run.err), (0, "42 there\n", ""), run)

    def test_read_only_root(self):
        folder = e2e.scratch("root")
        self.pack_source("console.log('read only');", output=os.path.join(folder, "app"))
        script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && chroot "$0" /app'
        result = e2e.run(e2e.namespace(["--mount"], ["bash", "-c", script, folder]))
        self.assertEqual((result.code, result.out, result.err), (0, "read only\n", ""), result)


if __name__ == "__main__":
    e2e.main()
