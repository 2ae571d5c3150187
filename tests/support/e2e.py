"""What the end-to-end tests share: the built tool, scratch folders, packing, running.

A test is an executable Python file of unittest cases, run by Bazel's sh_test with the distribution
as `DV8PACK_DIST` (the tarball or a folder) in its environment; by hand:

    DV8PACK_DIST=bazel-bin/packager/dv8pack-linux-x64.tar.gz tests/e2e/exit_test.py
"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

# Nothing of the caller's environment reaches a test, apart from what it names itself.
CLEAN_ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

_scratch_root = None
_dist = None


def scratch(name="t"):
    """A new empty folder with a real path, gone when the test ends."""
    global _scratch_root
    if _scratch_root is None:
        _scratch_root = os.path.realpath(tempfile.mkdtemp(prefix="dv8e2e-", dir=os.environ.get("TEST_TMPDIR")))
        atexit.register(shutil.rmtree, _scratch_root, ignore_errors=True)
    return tempfile.mkdtemp(prefix=name + "-", dir=_scratch_root)


def repo(path):
    """A file of the checkout, by its path from the root."""
    return os.path.join(ROOT, path)


def program(name):
    """A file of the folder of the test's programs: x/ beside x_test.py."""
    folder, _ = os.path.realpath(sys.modules["__main__"].__file__).rsplit("_test.py", 1)
    return os.path.join(folder, name)


def program_text(name):
    with open(program(name), encoding="utf-8") as file:
        return file.read()


def dist():
    """The distribution's folder; the tarball is unpacked once a test."""
    global _dist
    if _dist is None:
        given = os.path.abspath(os.environ["DV8PACK_DIST"])
        if os.path.isdir(given):
            _dist = os.path.realpath(given)
        else:
            folder = scratch("dist")
            subprocess.run(["tar", "-xzf", given, "-C", folder, "--strip-components=1"], check=True)
            _dist = folder
    return _dist


def dv8pack():
    return os.path.join(dist(), "bin", "dv8pack")


def is_sanitized():
    """Whether the tool was built with --config=asan or --config=tsan, which take time and keep what was freed."""
    with open(os.path.join(dist(), "libexec", "dv8-runtime"), "rb") as file:
        return b"/ld-linux-x86-64.so.2" in file.read(4096)


def delays_signals():
    """Whether the tool was built with --config=tsan: its programs get a signal when they next call the system."""
    with open(os.path.join(dist(), "libexec", "dv8-runtime"), "rb") as file:
        return b"__tsan_init" in file.read()


def patience():
    """What times are multiplied by: the programs of a sanitizer take more."""
    return 10 if "DV8PACK_DIST" in os.environ and is_sanitized() else 1


def npm_modules():
    """node_modules of third_party/npm_tests."""
    return os.path.realpath(os.environ["NPM_TESTS_MODULES"])


def copy_npm(folder, names):
    """Puts npm packages into folder/node_modules, by name."""
    for name in names:
        shutil.copytree(os.path.join(npm_modules(), name), os.path.join(folder, "node_modules", name), symlinks=True)


class Result:
    """How a process ended. `code` is what a shell would show: 128+n after signal n."""

    def __init__(self, completed):
        self.code = completed.returncode if completed.returncode >= 0 else 128 - completed.returncode
        self.signal = -completed.returncode if completed.returncode < 0 else 0
        self.raw_out, self.raw_err = completed.stdout, completed.stderr
        self.out = completed.stdout.decode("utf-8", "replace") if completed.stdout is not None else None
        self.err = completed.stderr.decode("utf-8", "replace") if completed.stderr is not None else None

    def __repr__(self):
        return f"exit code {self.code}\nstdout:\n{self.out}\nstderr:\n{self.err}"


def run(argv, cwd=None, env=None, stdin=b"", timeout=60, **kwargs):
    """Runs a program in a clean environment and waits for it. TimeoutExpired when it hangs."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    completed = subprocess.run(
        [os.fspath(a) for a in argv],
        cwd=cwd,
        env={**CLEAN_ENV, **(env or {})},
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=timeout * patience(),
        check=False,
        **kwargs,
    )
    return Result(completed)


def write_tree(folder, files):
    """Writes {relative path: text or bytes}."""
    for path, content in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)


def matches(pattern, text):
    """True if `text` is `pattern`, where `[WILDCARD]` stands for anything and `[WILDLINE]` for
    anything but a line break."""
    parts = re.split(r"(\[WILDCARD\]|\[WILDLINE\])", pattern)
    regex = "".join({"[WILDCARD]": r"[\s\S]*?", "[WILDLINE]": r"[^\n]*?"}.get(p, re.escape(p)) for p in parts)
    return re.fullmatch(regex, text) is not None


def can_use_namespaces():
    """Why mount and pid namespaces cannot be had here, or None."""
    probe = subprocess.run(namespace(["--mount"], ["true"]), capture_output=True, check=False)
    return None if probe.returncode == 0 else probe.stderr.decode().strip()


def namespace(flags, argv):
    """argv in new namespaces; a plain user becomes root of an own user namespace first."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, *flags, "--", *argv]


class TestCase(unittest.TestCase):
    """Assertions about packs and runs; messages show both streams."""

    maxDiff = None

    def pack(self, entry, *options, output=None, cwd=None, **kwargs):
        """Packs `entry` and gives the executable's path; the packer must succeed in silence."""
        output = output or os.path.join(scratch("out"), "app")
        result = run([dv8pack(), *options, entry, "-o", output], cwd=cwd, **{"timeout": 120, **kwargs})
        self.assertEqual(result.code, 0, f"packing {entry}: {result}")
        return output

    def pack_program(self, name, *options, files=None, **kwargs):
        """Packs one of the test's programs, or a copy of it with other files beside."""
        path = program(name)
        if files is not None:
            path = shutil.copy(path, scratch("src"))
            write_tree(os.path.dirname(path), files)
            kwargs.setdefault("cwd", os.path.dirname(path))
        return self.pack(path, *options, **kwargs)

    def pack_source(self, source, *options, name="main.js", files=None, npm=(), **kwargs):
        """Packs a program given as text, in a folder of its own; docs/testing.md says which are no files."""
        folder = scratch("src")
        write_tree(folder, {name: source, **(files or {})})
        copy_npm(folder, npm)
        return self.pack(os.path.join(folder, name), *options, cwd=folder, **kwargs)

    def assert_golden(self, path, actual):
        """Compares with a golden file, in which wildcards may be and which may be missing when it is empty; or writes it."""
        expected = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                expected = file.read()
        if matches(expected, actual):
            return
        if os.environ.get("UPDATE_GOLDENS") == "1":
            with open(path, "w", encoding="utf-8") as file:
                file.write(actual)
        else:
            self.assertEqual(actual, expected, path)

    def assert_prints(self, name, *options, args=(), **kwargs):
        """Packs one of the test's programs and runs it in an empty folder: its output is name.out, beside it."""
        result = run([self.pack_program(name, *options), *args], **{"cwd": scratch("run"), **kwargs})
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assert_golden(os.path.splitext(program(name))[0] + ".out", result.out)

    def assert_runs(self, argv, out=None, err="", code=0, **kwargs):
        """Runs argv, compares what is given; `err` may hold wildcards."""
        result = run(argv, **kwargs)
        self.assertEqual(result.code, code, result)
        if out is not None:
            self.assertEqual(result.out, out, result)
        if err is not None:
            self.assertTrue(matches(err, result.err), f"stderr is not\n{err}\n{result}")
        return result


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Bazel's time-out: scratch folders still go.
    unittest.main(verbosity=2)
