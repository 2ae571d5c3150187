#!/usr/bin/env python3
"""Scripts, C++, Bazel files, tests and JavaScript as their linters want them: the whole checkout, from Bazel's folders and node_modules on."""

import ast
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

MODULES = os.path.realpath(os.environ["NPM_LINT_MODULES"])
JAVASCRIPT = ("bench", "examples", "packager", "stdlib-js", "templates")
# Formatted otherwise from before there was a check.
NOT_FORMATTED = {
    "bazel/repositories.bzl",
    "bazel/sources.bzl",
    "bazel/third_party/simdutf.BUILD",
    "bazel/third_party/v8/v8.BUILD",
    "bench/BUILD",
    "examples/native-module/BUILD",
    "packager/bundle/BUILD",
    "runtime/bindings/BUILD",
    "runtime/core/BUILD",
    "stdlib-js/defs.bzl",
    "tests/conformance/BUILD",
    "tests/e2e/BUILD",
    "tests/unit/runtime/bindings/BUILD",
    "tests/unit/runtime/payload/BUILD",
    "third_party/npm_bench/BUILD",
    "third_party/npm_lint/BUILD",
    "third_party/npm_tests/BUILD",
}
# Of a program that stands in a test.
LONGEST_PROGRAM = 100
# Rules of the language's own in the Bazel that builds this, and forms of docstrings.
WARNINGS = ("attr-licenses", "constant-glob", "duplicated-name", "integer-division", "load", "no-effect",
            "print", "redefined-variable", "return-value", "uninitialized", "unreachable", "unused-variable")


def files():
    """Paths of the checkout's files from its root."""
    for base, folders, names in os.walk(e2e.ROOT):
        folders[:] = [f for f in folders if f not in (".git", ".dv8pack", "node_modules", "__pycache__") and not f.startswith("bazel-")]
        for name in names:
            yield os.path.relpath(os.path.join(base, name), e2e.ROOT)


def is_script(path):
    with open(e2e.repo(path), "rb") as file:
        head = file.readline(64)
    return head in (b"#!/bin/sh\n", b"#!/bin/bash\n", b"#!/usr/bin/env bash\n")


class LintTest(e2e.TestCase):
    def passes(self, argv):
        result = e2e.run(argv, cwd=e2e.ROOT, timeout=120)
        self.assertEqual(result.code, 0, result)

    def test_scripts(self):
        scripts = sorted(filter(is_script, files()))
        self.assertIn("run-tests", scripts)
        self.passes(["shellcheck", "--external-sources", "--severity=warning", *scripts])

    def test_bazel_files(self):
        found = sorted(path for path in files()
                       if os.path.basename(path) in ("BUILD", "WORKSPACE", "MODULE.bazel") or path.endswith((".bzl", ".BUILD")))
        buildifier = os.path.join(MODULES, "@bazel/buildifier/buildifier-linux_amd64")
        self.passes([buildifier, "-mode=check", *(path for path in found if path not in NOT_FORMATTED)])
        self.passes([buildifier, "-mode=check", "-lint=warn", "-warnings=" + ",".join(WARNINGS), *(path for path in found if path not in NOT_FORMATTED)])

    def test_cpp(self):
        found = sorted(path for path in files() if path.endswith((".c", ".cc", ".h")) and not path.startswith(("bazel/third_party/", "third_party/")))
        result = e2e.run(["clang-format-19", "--dry-run", *found], cwd=e2e.ROOT, timeout=120)
        self.assertEqual(result.code, 0, result)
        unformatted = {line.split(":")[0] for line in result.err.splitlines() if "clang-format-violations" in line}
        self.assertEqual(sorted(unformatted), [], "clang-format-19 -i formats them")

    def test_the_payloads_format_is_as_documented(self):
        with open(e2e.repo("runtime/payload/payload.h"), encoding="utf-8") as file:
            kinds = re.findall(r"^  k\w+ = (\d+),", file.read().split("enum class SectionKind")[1].split("};")[0], re.M)
        with open(e2e.repo("packager/link/elf_writer.cc"), encoding="utf-8") as file:
            names = set(re.findall(r'return "(\.dv8\.\w+)";', file.read()))
        with open(e2e.repo("docs/payload-format.md"), encoding="utf-8") as file:
            rows = re.findall(r"^\| (\d+) \| [\w ]+ \| `(\.dv8\.\w+)` \|", file.read(), re.M)
        self.assertEqual([number for number, _ in rows], kinds)
        self.assertEqual({name for _, name in rows}, names - {".dv8.other"})

    def test_programs_of_tests_are_files(self):
        for path in sorted(path for path in files() if path.startswith("tests/") and path.endswith(".py")):
            with open(e2e.repo(path), encoding="utf-8") as file:
                tree = ast.parse(file.read())
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "pack_source" and isinstance(call.args[0], ast.Constant):
                    program = call.args[0].value
                    self.assertTrue(len(program) <= LONGEST_PROGRAM and "\n" not in program, f"{path}:{call.lineno}: docs/testing.md says what is a file")

    def test_javascript(self):
        biome = glob.glob(os.path.join(MODULES, "@biomejs/cli-linux-x64/biome"))
        self.passes([*biome, "lint", "--config-path=biome.jsonc", "--error-on-warnings", *JAVASCRIPT])


if __name__ == "__main__":
    e2e.main()
