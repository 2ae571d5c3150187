#!/usr/bin/env python3
"""Isolates under load, at their limits, and as they should not be used. ISOLATE_FUNCTIONS: how many functions are passed."""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

PROGRAMS = "tests/e2e/isolates"
FUNCTIONS = int(os.environ.get("ISOLATE_FUNCTIONS", "100000" if e2e.is_sanitized() else "1000000"))
# What the sanitizers keep of what was freed.
GROWTH_MIB = 400 if e2e.is_sanitized() else 24


class IsolateTest(e2e.TestCase):
    def program(self, name, *options):
        return self.pack(e2e.repo(f"{PROGRAMS}/{name}"), *options)

    def test_replaces_a_server_without_a_lost_request(self):
        app = self.program("web/main.mjs", "--asset", e2e.repo(f"{PROGRAMS}/web/server.js"))
        process = subprocess.Popen([app], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=e2e.CLEAN_ENV)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        port = int(process.stdout.readline())
        out = e2e.run(["wrk", "-t1", "-c16", "-d5s", "--timeout", "30s", f"http://127.0.0.1:{port}/"], timeout=120).out
        process.stdin.close()
        replaced = int(process.stdout.readline())
        self.assertEqual(process.wait(60), 0)
        self.assertNotIn("Socket errors", out)
        self.assertNotIn("Non-2xx", out)
        self.assertGreater(int(re.search(r"(\d+) requests in", out).group(1)), 100, out)
        self.assertGreater(replaced, 2)

    def test_memory_of_passed_functions(self):
        result = e2e.run([self.program("functions.js"), str(FUNCTIONS)], timeout=3600)
        self.assertEqual((result.err, result.code), ("", 0))
        memory = json.loads(result.out)
        self.assertLess(memory[-1] - memory[1], GROWTH_MIB, memory)

    def test_many(self):
        result = e2e.run([self.program("many.js"), "200"], timeout=600)
        self.assertEqual(json.loads(result.out), {"answers": 200, "reasons": {}})

    def test_what_the_system_refuses_ends_one_isolate(self):
        app = self.program("many.js")
        result = e2e.run(["prlimit", "--nofile=256", app, "200"], timeout=600)
        told = json.loads(result.out)
        self.assertEqual(result.code, 0)
        self.assertGreater(told["answers"], 10)
        self.assertEqual(told["reasons"], {"the event loop cannot be made: too many open files": 200 - told["answers"]})

    def test_kill_is_quick(self):
        self.assertLess(float(e2e.run([self.program("kill.js")]).out), 50)

    def test_colors_on_a_terminal(self):
        app = self.program("colors.js")
        out = e2e.run(["script", "-qec", app, "/dev/null"]).out
        self.assertEqual(out, "\x1b[32mgreen\x1b[0m\x1b[97;41mon red\x1b[0m---none\x1b[91man error\r\n\x1b[0m")
        self.assert_runs([app], "greenon red---none", "an error\n")

    def test_misuse(self):
        app = self.program("misuse.js")
        for name, code in {"exit": 5, "processExit": 6}.items():
            with self.subTest(name):
                self.assert_runs([app, name], "", code=code)
        for name in ("exitInside", "killDuringCalls", "killAtOnce", "chain", "values", "onExit", "functionOfTheDead", "pingPong"):
            with self.subTest(name):
                result = e2e.run([app, name], timeout=300)
                with open(e2e.repo(f"{PROGRAMS}/misuse/{name}.out"), encoding="utf-8") as file:
                    # Answers that were dropped come in any order.
                    self.assertEqual((sorted(result.out.splitlines()), result.code), (sorted(file.read().splitlines()), 0), result.err)


if __name__ == "__main__":
    e2e.main()
