#!/usr/bin/env python3
"""The tarball with its install.sh, and Debian's package: what lies where, that it works from there, that lintian and mandoc agree."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

TARBALL = "dv8pack-linux-x64.tar.gz"
EXTRA = ["share/bash-completion/completions/dv8pack", "share/fish/vendor_completions.d/dv8pack.fish", "share/man/man1/dv8pack.1",
         "share/zsh/site-functions/_dv8pack"]


def given(name):
    return os.path.abspath(os.environ[name])


class InstallTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("install")
        e2e.write_tree(self.folder, {"hello.js": "console.log('hello');"})

    def call(self, argv, timeout=120, **env):
        return e2e.run(argv, cwd=self.folder, env={"HOME": self.folder, **env}, timeout=timeout)

    def assert_packs(self, command):
        result = self.call([command, "hello.js", "-o", "hello"])
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
        self.assert_runs([os.path.join(self.folder, "hello")], out="hello\n")

    def version(self):
        return e2e.run([e2e.dv8pack(), "--version"]).out.split()[1]

    def copy_both(self):
        for name, source in ((TARBALL, "DV8PACK_TARBALL"), ("install.sh", "DV8PACK_INSTALL")):
            shutil.copy(given(source), os.path.join(self.folder, name))

    def test_into_home(self):
        self.copy_both()
        for _ in range(2):  # The second one replaces the first.
            result = self.call(["sh", "install.sh"])
            home = os.path.join(self.folder, ".local")
            self.assertEqual((result.code, result.out, result.err), (0, f"dv8pack {self.version()}\n{home}/bin is not in PATH\n", ""), result)
            self.assertEqual(os.listdir(os.path.join(home, "lib")), ["dv8pack"])
        for file in ["bin/dv8pack", *EXTRA]:
            self.assertTrue(os.path.isfile(os.path.join(home, file)), file)
        self.assert_packs(os.path.join(home, "bin", "dv8pack"))

    def test_into_a_prefix(self):
        self.copy_both()
        result = self.call(["sh", "./install.sh", TARBALL], PREFIX="with space", PATH=f"{self.folder}/with space/bin:{e2e.CLEAN_ENV['PATH']}")
        self.assertEqual((result.code, result.out, result.err), (0, f"dv8pack {self.version()}\n", ""), result)
        self.assertEqual(sorted(os.listdir(self.folder)), [TARBALL, "hello.js", "install.sh", "with space"])

    def test_another_tarball(self):
        self.copy_both()
        with open(os.path.join(self.folder, TARBALL), "ab") as file:
            file.write(b" ")
        result = self.call(["sh", "install.sh"])
        self.assertEqual((result.code, result.out), (1, ""), result)
        self.assertRegex(result.err, r"^install\.sh: \./dv8pack-linux-x64\.tar\.gz has SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}: "
                                     r"fetch it again, from where this script is\n$")
        result = self.call(["sh", "install.sh", "gone.tar.gz"])
        self.assertEqual((result.code, result.err), (1, "install.sh: gone.tar.gz is not there: put it beside this script, or name it\n"), result)
        self.assertFalse(os.path.exists(os.path.join(self.folder, ".local")))

    def test_deb(self):
        root = os.path.join(self.folder, "root")
        subprocess.run(["dpkg-deb", "-x", given("DV8PACK_DEB"), root], check=True)
        version = e2e.run(["dpkg-deb", "-f", given("DV8PACK_DEB"), "Package", "Version", "Architecture"]).out
        self.assertEqual(version, f"Package: dv8pack\nVersion: {self.version()}\nArchitecture: amd64\n")
        for file in ["bin/dv8pack", *EXTRA[:2], EXTRA[2] + ".gz", "share/zsh/vendor-completions/_dv8pack", "share/doc/dv8pack/copyright"]:
            self.assertTrue(os.path.isfile(os.path.join(root, "usr", file)), file)
        self.assert_packs(os.path.join(root, "usr", "bin", "dv8pack"))

    def test_lintian(self):
        result = self.call(["lintian", "--allow-root", "--fail-on", "error,warning", given("DV8PACK_DEB")], timeout=400)
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)

    def test_man_page(self):
        page = os.path.join(e2e.dist(), "share", "man", "man1", "dv8pack.1")
        result = self.call(["mandoc", "-T", "lint", page])
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
        text = self.call(["mandoc", "-T", "ascii", page]).out
        plain = e2e.run(["col", "-b"], stdin=text).out
        # All that --help has.
        words = set(plain.split())
        for line in e2e.run([e2e.dv8pack(), "--help"]).out.splitlines():
            for word in line.split():
                if line.startswith("  -") and word.startswith("--"):
                    self.assertTrue(any(one.startswith(word.split("=")[0].split("[")[0]) for one in words), word)

    def test_completion_files(self):
        for shell, file in (("bash", EXTRA[0]), ("fish", EXTRA[1]), ("zsh", EXTRA[3])):
            with open(os.path.join(e2e.dist(), file), encoding="utf-8") as text:
                self.assertEqual(text.read(), e2e.run([e2e.dv8pack(), "completion", shell]).out)


if __name__ == "__main__":
    e2e.main()
