#!/usr/bin/env python3
"""NODE_V8_COVERAGE, which a packed program obeys where it, or its packing, has set it; and coverage of node:test."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

OUTPUT = "many function\n"


class CoverageTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_program("orders.js")

    def setUp(self):
        self.folder = os.path.join(e2e.scratch("coverage"), "made/by/the/program")
        self.script = e2e.program("covered.js")

    def functions(self, thread="0"):
        """Of the script, by name: how often each was called; {} without a file."""
        if not os.path.exists(self.folder):
            return {}
        names = [name for name in os.listdir(self.folder) if name.endswith(f"-{thread}.json")]
        self.assertEqual(len(names), 1)
        with open(os.path.join(self.folder, names[0]), encoding="utf-8") as file:
            scripts = {script["url"]: script["functions"] for script in json.load(file)["result"]}
        return {each["functionName"]: each["ranges"][0]["count"] for each in scripts["file://" + self.script]}

    def test_environment_orders_nothing(self):
        self.assert_runs([self.app, "nothing"], out="", env={"NODE_V8_COVERAGE": self.folder})
        self.assert_runs([self.app, "child", self.script], out=OUTPUT, env={"NODE_V8_COVERAGE": self.folder})
        self.assertEqual(self.functions(), {})

    def test_child_obeys_its_program(self):
        self.assert_runs([self.app, "child", self.script], out=OUTPUT, env={"OWN_COVERAGE": self.folder})
        self.assertEqual(self.functions(), {"": 1, "used": 1, "unused": 0})

    def test_worker_obeys_its_program(self):
        self.assert_runs([self.app, "worker", self.script], out=OUTPUT, env={"OWN_COVERAGE": self.folder})
        self.assertEqual(self.functions(thread="1"), {"": 1, "used": 1, "unused": 0})

    def test_packing_orders(self):
        folder = e2e.scratch("packing")
        e2e.write_tree(folder, {"own.env": f"NODE_V8_COVERAGE={self.folder}\n"})
        app = self.pack_program("orders.js", "--env-file=" + os.path.join(folder, "own.env"))
        self.assert_runs([app, "nothing"], out="")
        self.assertGreater(len(os.listdir(self.folder)), 0)

    def test_coverage_of_tests(self):
        app = self.pack_program("tests.js")
        expected = "sum.mjs: lines 5/7, functions 1/2\n"
        test = e2e.program("suite/sum.test.mjs")
        for isolation in ("none", "process"):
            for outer in ({}, {"NODE_V8_COVERAGE": self.folder}):
                result = self.assert_runs([app, test], err=None, env={"ISOLATION": isolation, **outer})
                self.assertIn(expected, result.out)
                self.assertFalse(os.path.exists(self.folder))


if __name__ == "__main__":
    e2e.main()
