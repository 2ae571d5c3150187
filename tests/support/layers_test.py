#!/usr/bin/env python3
"""Layers look down only: what the BUILD files depend on, held against the table of folders in ARCHITECTURE.md.

A label is allowed when the last column of its package's row has its folder, one above it, or the label itself in
backticks. V8 and libuv are allowed where the column names them. No two folders may need each other, however long the way.
"""

import ast
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import e2e

# Files about a package, other names for what another has, and what every package may name.
NOT_DEPENDENCIES = {"alias", "exports_files", "load", "package", "package_group"}
EVERYBODYS = ("bazel/toolchain", "conditions")
NAMED_LIBRARIES = {"@v8": "V8", "@libuv": "libuv"}
LABEL = re.compile(r"(?<![\w@/])(@[\w.-]+)?//([\w./-]*)(:[\w./+-]+)?|(?<![\w/])(@[\w-]+)$")


def is_within(path, folder):
    return path == folder or path.startswith(folder + "/")


def parse_table(text):
    """{folder: last column}, of the table under "## Folders"."""
    rows = {}
    for line in text.split("\n## Folders\n")[1].split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            for folder in re.findall(r"`([^`]+)`", cells[0]):
                rows[folder] = cells[-1].rstrip(" |")
    return rows


def parse_build(text):
    """The labels that a BUILD file depends on, as (repository or "", package, ":target" or "")."""
    labels = set()
    tree = ast.parse(text)
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in NOT_DEPENDENCIES:
            values += [keyword.value for keyword in node.keywords if keyword.arg != "visibility"]
    for value in values:
        for node in ast.walk(value):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for repository, package, target, short in LABEL.findall(node.value):
                    labels.add((repository or short, package, target))
    return labels


def read_packages(root):
    """{package: labels}; folders with a workspace of their own are none."""
    packages = {}
    for base, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f[0] != "." and not f.startswith("bazel-") and f != "node_modules"
                      and not os.path.exists(os.path.join(base, f, "WORKSPACE"))]
        package = os.path.relpath(base, root)
        if "BUILD" in files and package != ".":
            with open(os.path.join(base, "BUILD"), encoding="utf-8") as file:
                packages[package] = parse_build(file.read())
    return packages


def find_faults(packages, rows):
    faults = []
    for package, labels in sorted(packages.items()):
        own = max((row for row in rows if is_within(package, row)), key=len, default=None)
        if own is None:
            faults.append(f"{package}: ARCHITECTURE.md has no row for it")
            continue
        allowed = re.findall(r"`([^`]+)`", rows[own]) + [own, *EVERYBODYS]
        for repository, folder, target in sorted(labels):
            if repository in ("", "@"):
                if folder and not any(is_within(folder, a) or folder + target == a for a in allowed):
                    faults.append(f"{package}: //{folder}{target} is not among what {own} may use: {rows[own]}")
            elif NAMED_LIBRARIES.get(repository, "") not in rows[own]:
                faults.append(f"{package}: {repository} is not among what {own} may use: {rows[own]}")
    return faults + find_cycles(packages)


def find_cycles(packages):
    needs = {package: {folder for repository, folder, _ in labels if repository == "" and folder in packages and folder != package}
             for package, labels in packages.items()}
    done, faults = set(), []

    def visit(package, way):
        if package in way:
            faults.append("a cycle: " + " → ".join([*way[way.index(package):], package]))
        elif package not in done:
            for one in sorted(needs[package]):
                visit(one, [*way, package])
            done.add(package)

    for package in sorted(needs):
        visit(package, [])
    return faults


class LayersTest(unittest.TestCase):
    maxDiff = None

    def test_the_tree(self):
        with open(e2e.repo("ARCHITECTURE.md"), encoding="utf-8") as file:
            rows = parse_table(file.read())
        packages = read_packages(e2e.ROOT)
        self.assertGreater(len(packages), 50)
        self.assertEqual(find_faults(packages, rows), [])
        for folder in rows:
            self.assertTrue(os.path.isdir(e2e.repo(folder)), folder)

    def faults(self, builds):
        root = tempfile.mkdtemp(dir=e2e.scratch())
        e2e.write_tree(root, {f"{package}/BUILD": text for package, text in builds.items()})
        table = "\n## Folders\n\n| folder | what | may use |\n|---|---|---|\n| `low` | l | libuv |\n| `high` | h | `low`, V8, `side:version` |\n| `side` | s | nothing |\n"
        return find_faults(read_packages(root), parse_table(table))

    def test_arrows_down(self):
        self.assertEqual(self.faults({
            "low": 'cc_library(name = "low", deps = ["@libuv", "@zlib//:z"], visibility = ["//high:__pkg__"])',
            "high/part": 'genrule(name = "x", srcs = ["//low"], cmd = "$(location //low) $(location //side:version)")',
            "high": '_ALL = ["//high/part", "@v8"]\ncc_library(name = "high", deps = _ALL)',
        }), [])

    def test_arrows_up(self):
        self.assertEqual(self.faults({"low": 'cc_library(name = "low", deps = ["//high:x", "@v8//:v8"])', "none": ""}), [
            "low: //high:x is not among what low may use: libuv",
            "low: @v8 is not among what low may use: libuv",
            "none: ARCHITECTURE.md has no row for it",
        ])
        self.assertEqual(len(self.faults({"high": 'sh_test(name = "x", data = glob(["*"]) + ["//side:whole"])'})), 1)

    def test_cycles(self):
        self.assertEqual(self.faults({
            "high/a": 'x(name = "a", deps = ["//high/b"])',
            "high/b": 'x(name = "b", deps = ["//high/c:c"])',
            "high/c": 'x(name = "c", deps = ["//high/a"])',
        }), ["a cycle: high/a → high/b → high/c → high/a"])


if __name__ == "__main__":
    e2e.main()
