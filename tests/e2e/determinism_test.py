#!/usr/bin/env python3
"""Same input, same bytes: whatever the folder, the time, the locale, the number of cores."""

import hashlib
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class DeterminismTest(e2e.TestCase):
    project = "typescript"

    def tree(self, *levels):
        folder = os.path.join(e2e.scratch("tree"), *levels, "project")
        return shutil.copytree(e2e.program(self.project), folder)

    def assert_same(self, *options, entry="main.ts", out="7 function abcdefg\n"):
        first_folder = self.tree()
        first = digest(self.pack(entry, *options, cwd=first_folder))
        other_folder = self.tree("a longer", "path", "with spaces")
        time.sleep(1.1)
        e2e.run(["touch", "-d", "2001-01-01", entry], cwd=other_folder)
        variants = {
            "again": dict(cwd=first_folder),
            "another folder": dict(cwd=other_folder),
            "another working directory": dict(cwd="/", entry=os.path.join(other_folder, entry)),
            "environment": dict(
                cwd=other_folder,
                env={"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE", "HOME": "/nowhere", "USER": "x", "PWD": "/x", "FORCE_COLOR": "1"},
            ),
            "no address randomisation": dict(cwd=other_folder, prefix=["setarch", "-R"]),
            "one core": dict(cwd=other_folder, prefix=["taskset", "-c", str(min(os.sched_getaffinity(0)))]),
        }
        for name, how in variants.items():
            with self.subTest(name, options=options):
                output = os.path.join(e2e.scratch("out"), "another name")
                argv = [*how.get("prefix", []), e2e.dv8pack(), *options, how.get("entry", entry), "-o", output]
                result = e2e.run(argv, cwd=how["cwd"], env=how.get("env"), timeout=120)
                self.assertEqual(result.code, 0, result)
                self.assertEqual(digest(output), first)
        self.assert_runs([output], out=out)

    def test_code_snapshot(self):
        self.assert_same()

    def test_app_snapshot(self):
        self.assert_same("--snapshot=app")

    def test_no_snapshot(self):
        self.assert_same("--snapshot=none")

    def test_minified(self):
        self.assert_same("--minify")

    def test_scripts_of_dv8(self):
        self.project = "scripts"
        self.assert_same("--env=core", entry="main.js", out="0 7\n")

    def test_another_input_gives_other_bytes(self):
        folder = self.tree()
        first = digest(self.pack("main.ts", cwd=folder))
        with open(os.path.join(folder, "lib", "helper.ts"), "a", encoding="ascii") as file:
            file.write("console.log(1);\n")
        self.assertNotEqual(digest(self.pack("main.ts", cwd=folder)), first)


if __name__ == "__main__":
    e2e.main()
