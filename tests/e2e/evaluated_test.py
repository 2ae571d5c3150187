#!/usr/bin/env python3
"""Which files of Node's library lie evaluated in a program's snapshot, as `dv8pack inspect --json` tells: those it needs, no others.

The goldens are beside the programs in evaluated/; UPDATE_GOLDENS=1 writes them from what came.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import e2e

FOLDER = os.path.join(HERE, "evaluated")
# What nothing but HTTP needs.
OF_HTTP = "_http_server"


class EvaluatedTest(e2e.TestCase):
    def evaluated(self, name):
        with open(os.path.join(FOLDER, f"{name}.js"), encoding="utf-8") as file:
            return self.evaluated_in({"main.js": file.read()})

    def evaluated_in(self, files):
        folder = e2e.scratch("evaluated")
        e2e.write_tree(folder, files)
        app = self.pack("main.js", cwd=folder)
        result = e2e.run([e2e.dv8pack(), "inspect", "--json", app])
        self.assertEqual(result.code, 0, result)
        return json.loads(result.out)["evaluated"]

    def assert_golden(self, name):
        lines = "".join(f"{file}\n" for file in self.evaluated(name))
        golden = os.path.join(FOLDER, f"{name}.out")
        if os.environ.get("UPDATE_GOLDENS") == "1":
            with open(golden, "w", encoding="utf-8") as file:
                file.write(lines)
        with open(golden, encoding="utf-8") as file:
            self.assertEqual(lines, file.read())

    def test_hello(self):
        self.assert_golden("hello")

    def test_files_of_commonjs(self):
        files = {"main.js": "console.log(require('./other').one);\n", "other.js": "exports.one = 1;\n"}
        self.assertEqual(self.evaluated_in(files), [])

    def test_fs(self):
        self.assertNotIn(OF_HTTP, self.evaluated("fs"))
        self.assert_golden("fs")

    def test_http(self):
        self.assertIn(OF_HTTP, self.evaluated("http"))
        self.assert_golden("http")

    def test_modules_are_rehearsed(self):
        # The repl's and the test runner's log while they are evaluated.
        for module in ("child_process", "cluster", "fs", "fs/promises", "http", "net", "readline", "repl", "stream", "test", "zlib"):
            folder = e2e.scratch("rehearsed")
            e2e.write_tree(folder, {"main.js": f"require('node:{module}');\n"})
            result = e2e.run([e2e.dv8pack(), "main.js", "-o", "app"], cwd=folder)
            self.assertEqual((result.code, result.err), (0, ""), module)


if __name__ == "__main__":
    e2e.main()
