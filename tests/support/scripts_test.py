#!/usr/bin/env python3
"""./dv8pack, ./run-tests and tests/sanitize by themselves: in a copy of the scripts whose Bazel is a stand-in."""

import json
import os
import shutil
import sys
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import e2e

TOOL = '#!/bin/bash\nprintf "[%s]" "$PWD" "$@"; cat; exit 5\n'

# Notes its calls; packs TOOL as the distribution, or fails when told so.
BAZEL = """#!/bin/bash
printf '%s\\n' "$*" >>"$CALLS"
[[ -e $CALLS.fail ]] && { echo 'ERROR: no such luck' >&2; exit 1; }
echo '[12 / 1,345] Compiling x' >&2
echo 'nodejs 24.99 is taken instead.' >&2
if [[ $1 == build ]]; then
  mkdir -p bazel-bin/packager && tar -czf bazel-bin/packager/dv8pack-linux-x64.tar.gz -C "$CALLS.tool" dv8pack-linux-x64
  [[ " $* " == *" //runtime/sdk "* ]] && mkdir -p bazel-bin/runtime/sdk sdk.tmp/dv8pack/sdk &&
    tar -czf bazel-bin/runtime/sdk/dv8pack-sdk-linux-x64.tar.gz -C sdk.tmp dv8pack
  true
else
  for a; do [[ $a == --build_event_json_file=* ]] && cp "$CALLS.events" "${a#*=}"; done
  [[ ! -e $CALLS.tests-fail ]]
fi
"""


class ScriptsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = os.path.join(e2e.scratch("check out"), "a $checkout")
        e2e.write_tree(
            self.root,
            {
                "bazel/debian-packages.txt": "# Nothing but\nbash\n\nno-such-package bash\n",
                "WORKSPACE": "", ".bazelrc": "", "LICENSE": "", "packager/BUILD": "", "runtime/a.cc": "", "runtime/b.cc": "",
                "stdlib-js/x.js": "", "templates/BUILD": "", "third_party/BUILD": "",
            },
        )
        for name in ("dv8pack", "run-tests", "bazel/setup.sh", ".ci/run", "tests/sanitize", "tests/support/summary.py"):
            os.makedirs(os.path.dirname(os.path.join(self.root, name)), exist_ok=True)
            shutil.copy(e2e.repo(name), os.path.join(self.root, name))
        tools = e2e.scratch("tools")
        self.calls = os.path.join(tools, "calls")
        e2e.write_tree(tools, {"bazel": BAZEL, "calls.tool/dv8pack-linux-x64/bin/dv8pack": TOOL, "calls": ""})
        for name in ("bazel", "calls.tool/dv8pack-linux-x64/bin/dv8pack"):
            os.chmod(os.path.join(tools, name), 0o755)
        self.env = {"PATH": tools + ":" + e2e.CLEAN_ENV["PATH"], "CALLS": self.calls, "HOME": tools}

    def call(self, script, *args, **kwargs):
        return e2e.run([os.path.join(self.root, script), *args], env=self.env, **kwargs)

    def number_of_calls(self):
        with open(self.calls, encoding="utf-8") as file:
            return len(file.readlines())

    def test_builds_then_hands_over(self):
        cwd = e2e.scratch("a cwd")
        result = self.call("dv8pack", "a b", "", "$x", "*", cwd=cwd, stdin="in")
        self.assertEqual((result.code, result.out), (5, f"[{cwd}][a b][][$x][*]in"), result)
        self.assertIn("building: 12 of 1,345", result.err)
        self.assertIn("dv8pack: nodejs 24.99 is taken instead.\n", result.err)
        self.assertIn("the first time", result.err)

    def test_second_call_is_fast_and_silent(self):
        self.call("dv8pack")
        times = []
        for _ in range(3):
            started = time.monotonic()
            result = self.call("dv8pack", "x")
            times.append(time.monotonic() - started)
            self.assertEqual((result.code, result.err), (5, ""), result)
        self.assertLess(min(times), 0.3)
        self.assertEqual(self.number_of_calls(), 1)

    def test_what_bazel_leaves_behind_does_not_lock_out_the_next_call(self):
        # A server that outlives the build, with whatever descriptors it was given.
        bazel = os.path.join(os.path.dirname(self.calls), "bazel")
        with open(bazel, encoding="utf-8") as file:
            head, rest = file.read().split("\n", 1)
        with open(bazel, "w", encoding="utf-8") as file:
            file.write(f"{head}\nsleep 30 </dev/null >/dev/null 2>&1 &\n{rest}")
        self.assertEqual(self.call("dv8pack").code, 5)
        e2e.write_tree(self.root, {"runtime/a.cc": "// Changed."})
        self.assertEqual(self.call("dv8pack", timeout=20).code, 5)
        self.assertEqual(self.number_of_calls(), 2)

    def test_a_changed_source_is_built(self):
        self.call("dv8pack")
        for number, change in enumerate(
            (
                lambda: e2e.write_tree(self.root, {"runtime/a.cc": "changed"}),
                lambda: e2e.write_tree(self.root, {"stdlib-js/new.js": ""}),
                lambda: os.unlink(os.path.join(self.root, "runtime/b.cc")),
                lambda: e2e.write_tree(self.root, {".bazelrc": "build"}),
            ),
            2,
        ):
            change()
            self.assertEqual(self.call("dv8pack").code, 5)
            self.assertEqual(self.number_of_calls(), number)
        e2e.write_tree(self.root, {"README.md": "", "tests/x": "", "examples/y": ""})
        self.call("dv8pack")
        self.assertEqual(self.number_of_calls(), 5, "what is not built from is not looked at")

    def test_the_sdk_is_built_for_those_who_ask(self):
        there = os.path.join(self.root, ".dv8pack", "tool", "sdk")
        self.call("dv8pack", "x")
        self.assertFalse(os.path.exists(there))
        for number, option in ((2, "--native=a.a"), (2, "--sdk"), (2, "x")):
            self.assertEqual(self.call("dv8pack", option).code, 5)
            self.assertTrue(os.path.isdir(there))
            self.assertEqual(self.number_of_calls(), number)

    def test_failed_build(self):
        e2e.write_tree(os.path.dirname(self.calls), {"calls.fail": ""})
        result = self.call("dv8pack", "x")
        self.assertEqual((result.code, result.out), (1, ""), result)
        self.assertIn("ERROR: no such luck", result.err)
        self.assertIn("the build failed", result.err)
        os.unlink(self.calls + ".fail")
        self.assertEqual(self.call("dv8pack").code, 5)

    def test_works_through_a_link(self):
        link = os.path.join(e2e.scratch("link"), "pack")
        os.symlink(os.path.join(self.root, "dv8pack"), link)
        self.assertEqual(e2e.run([link], env=self.env).code, 5)

    def test_missing_package(self):
        e2e.write_tree(self.root, {"bazel/debian-packages.txt": "bash\nno-such-package-at-all\n"})
        e2e.write_tree(os.path.dirname(self.calls), {"apt-get": "#!/bin/bash\necho \"apt $*\" >>$CALLS.apt; exit 1\n"})
        os.chmod(os.path.join(os.path.dirname(self.calls), "apt-get"), 0o755)
        result = self.call("dv8pack")
        self.assertEqual(result.code, 1, result)
        self.assertIn("no-such-package-at-all", result.err)
        if os.geteuid() == 0:
            with open(self.calls + ".apt", encoding="utf-8") as file:
                self.assertIn("--no-install-recommends no-such-package-at-all\n", file.read())
        self.assertEqual(self.number_of_calls(), 0)

    def run_tests(self, statuses, bazel_fails=False, script=(".ci/run",)):
        events = [{"id": {"testSummary": {"label": f"//t:{i}"}}, "testSummary": {"overallStatus": s}} for i, s in enumerate(statuses)]
        folder = os.path.dirname(self.calls)
        e2e.write_tree(folder, {"calls.events": "".join(json.dumps(e) + "\n" for e in events)})
        if bazel_fails:
            e2e.write_tree(folder, {"calls.tests-fail": ""})
        result = self.call(*script)
        return result.code, result.out.splitlines()

    def test_summary(self):
        self.assertEqual(self.run_tests(["PASSED", "PASSED"]), (0, ["2 passed, 0 failed"]))

    def test_summary_of_a_failure(self):
        result = self.run_tests(["PASSED", "TIMEOUT"], bazel_fails=True)
        self.assertEqual(result, (1, ["TIMEOUT: //t:1", "1 passed, 1 failed"]))

    def test_summary_of_nothing(self):
        self.assertEqual(self.run_tests([]), (1, ["no test ran", "0 passed, 0 failed"]))

    def test_summary_of_a_broken_build(self):
        self.assertEqual(self.run_tests(["PASSED"], bazel_fails=True), (1, ["bazel failed with 1", "1 passed, 0 failed"]))

    def test_sanitize_sums_up_each_configuration(self):
        script = ("tests/sanitize", "dchecks", "dchecks", "--jobs=1")
        self.assertEqual(self.run_tests(["PASSED"], script=script), (0, ["dchecks: 1 passed, 0 failed"] * 2))
        with open(self.calls, encoding="utf-8") as file:
            self.assertRegex(file.read(), r"^test .*--config=dchecks .*--jobs=1 //tests/unit")
        self.assertEqual(self.run_tests(["FAILED"], True, script[:2]), (1, ["FAILED: //t:0", "dchecks: 0 passed, 1 failed"]))

    def test_sanitize_knows_its_configurations(self):
        result = self.call("tests/sanitize", "dchecks", "none")
        self.assertEqual((result.code, result.out, result.err), (1, "", "dv8pack: 'none' is none of asan, tsan, dchecks\n"))
        self.assertEqual(self.number_of_calls(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
