#!/usr/bin/env python3
"""Packs and runs every program of a folder: conformance_runner.py FOLDER.

FOLDER/NAME.{js,mjs,cjs,ts} is a program that also runs under Node and prints the same there; NAME.out
is its stdout (empty when missing), NAME.err its stderr with wildcards, NAME.code its exit code
(0 when missing). FOLDER/expected_failures.txt has lines `FILE: reason`; what is listed there
must fail. UPDATE_GOLDENS=1 writes .out from what came.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import e2e

EXTENSIONS = (".js", ".mjs", ".cjs", ".ts")


def read(path, default=""):
    if not os.path.exists(path):
        return default
    with open(path, encoding="utf-8") as file:
        return file.read()


class Conformance(e2e.TestCase):
    folder = None

    def check(self, name):
        """What is wrong with a program, or None."""
        base = os.path.join(self.folder, os.path.splitext(name)[0])
        output = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), os.path.join(self.folder, name), "-o", output], timeout=120)
        if packed.code != 0:
            return f"packing: {packed}"
        result = e2e.run([output], cwd=e2e.scratch("cwd"), env={"TZ": "UTC", "HOME": "/tmp"})
        os.unlink(output)
        if result.code != int(read(base + ".code", "0")):
            return f"exit code: {result}"
        if os.environ.get("UPDATE_GOLDENS") == "1":
            if result.out:
                with open(base + ".out", "w", encoding="utf-8") as file:
                    file.write(result.out)
            return None
        if result.out != read(base + ".out"):
            return f"stdout is not\n{read(base + '.out')}\n{result}"
        if not e2e.matches(read(base + ".err"), result.err):
            return f"stderr: {result}"
        return None

    def test_folder(self):
        lines = read(os.path.join(self.folder, "expected_failures.txt")).splitlines()
        expected = dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))
        programs = sorted(n for n in os.listdir(self.folder) if n.endswith(EXTENSIONS) and not n.startswith("_"))
        self.assertTrue(programs, f"no program in {self.folder}")
        self.assertFalse(set(expected) - set(programs), "expected failures of programs that are not there")
        for name in programs:
            with self.subTest(name):
                wrong = self.check(name)
                if name in expected:
                    self.assertIsNotNone(wrong, f"passes, but is listed as failing: {expected[name]}")
                elif wrong:
                    self.fail(wrong)


if __name__ == "__main__":
    Conformance.folder = e2e.repo(sys.argv.pop(1))
    e2e.main()
