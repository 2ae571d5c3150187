#!/usr/bin/env python3
"""bazel/debian_index.py, at a small archive of Debian's kind that is signed with a key of its own."""

import functools
import gzip
import hashlib
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
SCRIPT = os.path.join(HERE, "..", "..", "bazel", "debian_index.py")
DEBIANS_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

SOURCES = "".join(
    f"""Package: nodejs
Version: {version}-1
Directory: pool/main/n/nodejs
Checksums-Sha256:
 {'1' * 64} 10 nodejs_{version}.orig-types-node.tar.xz
 {digit * 64} 10 nodejs_{version}.orig.tar.xz
 {'2' * 64} 10 nodejs_{version}-1.debian.tar.xz

"""
    for version, digit in (("24.9.0", "a"), ("24.21.0+dfsg", "b"), ("26.1.0", "c"))
)
PACKAGES = f"""Package: libllhttp-source
Version: 9.4.3-2
Architecture: all
Filename: pool/main/l/llhttp/libllhttp-source_9.4.3-2_all.deb
Size: 10
SHA256: {'d' * 64}
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class DebianIndexTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.keys = cls.folder("keys-")
        subprocess.run(
            ["gpg", "--homedir", cls.keys, "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "test", "ed25519"],
            check=True,
        )
        exported = subprocess.run(["gpg", "--homedir", cls.keys, "--export"], check=True, capture_output=True)
        cls.keyring = os.path.join(cls.folder("keyring-"), "keyring.gpg")
        with open(cls.keyring, "wb") as file:
            file.write(exported.stdout)

    @classmethod
    def tearDownClass(cls):
        subprocess.run(["gpgconf", "--homedir", cls.keys, "--kill", "gpg-agent"], check=False)

    @classmethod
    def folder(cls, prefix):
        """A folder that apt's own user can read, which one below the home of root is not."""
        folder = tempfile.mkdtemp(prefix="dv8-" + prefix, dir="/tmp")
        if prefix != "keys-":
            os.chmod(folder, 0o755)
        cls.addClassCleanup(shutil.rmtree, folder)
        return folder

    def setUp(self):
        self.archive = self.folder("archive-")
        listed = {"main/source/Sources": SOURCES.encode(), "main/binary-amd64/Packages": PACKAGES.encode()}
        for path, text in list(listed.items()):
            listed[path + ".gz"] = gzip.compress(text)
            self.write(path + ".gz", listed[path + ".gz"])
        release = "Origin: Debian\nSuite: testing\nCodename: testing\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
        release += "Architectures: all amd64\nComponents: main\nSHA256:\n"
        release += "".join(f" {hashlib.sha256(data).hexdigest()} {len(data)} {path}\n" for path, data in listed.items())
        signed = subprocess.run(
            ["gpg", "--homedir", self.keys, "--batch", "--clear-sign"], check=True, capture_output=True, input=release.encode()
        )
        self.write("InRelease", signed.stdout)
        handler = functools.partial(Quiet, directory=self.archive)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.site = f"http://127.0.0.1:{server.server_port}"

    def path(self, name):
        return os.path.join(self.archive, "dists", "testing", name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(data)

    def ask(self, name, series):
        """The script's exit code, output and errors, with the test's keyring in place of Debian's."""
        program = (
            f"import sys; sys.path.insert(0, {os.path.dirname(SCRIPT)!r}); import debian_index;"
            f"debian_index.KEYRINGS = [{self.keyring!r}]; debian_index.main()"
        )
        result = subprocess.run(
            ["python3", "-B", "-c", program, self.site, "testing", name, series],
            capture_output=True, text=True, check=False, env={**os.environ, "no_proxy": "127.0.0.1"},
        )
        return result.returncode, result.stdout, result.stderr

    def test_newest_of_the_series(self):
        answer = f"pool/main/n/nodejs/nodejs_24.21.0+dfsg.orig.tar.xz {'b' * 64}\n"
        self.assertEqual(self.ask("nodejs", "24."), (0, answer, ""))

    def test_package(self):
        answer = f"pool/main/l/llhttp/libllhttp-source_9.4.3-2_all.deb {'d' * 64}\n"
        self.assertEqual(self.ask("libllhttp-source.deb", "9."), (0, answer, ""))

    def test_none_of_the_series(self):
        error = "testing has no nodejs 22.*, only 24.9.0-1, 24.21.0+dfsg-1, 26.1.0-1\n"
        self.assertEqual(self.ask("nodejs", "22."), (1, "", error))

    def test_changed_index_is_refused(self):
        self.write("main/source/Sources.gz", gzip.compress(SOURCES.replace("b" * 64, "e" * 64).encode()))
        code, out, error = self.ask("nodejs", "24.")
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(error, "Hash Sum mismatch|unexpected size")

    def test_changed_release_is_refused(self):
        with open(self.path("InRelease"), "rb") as file:
            release = file.read()
        self.write("InRelease", release.replace(b"Origin: Debian", b"Origin: Nobody"))
        code, out, error = self.ask("nodejs", "24.")
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(error, "BADSIG|[Bb]ad signature|not signed")

    def test_release_without_signature_is_refused(self):
        with open(self.path("InRelease"), encoding="utf-8") as file:
            text = file.read()
        os.unlink(self.path("InRelease"))
        self.write("Release", text.split("\n\n", 1)[1].split("-----BEGIN PGP")[0].encode())
        code, out, error = self.ask("nodejs", "24.")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("is not signed", error)

    def test_other_keys_signature_is_refused(self):
        self.keyring = DEBIANS_KEYRING
        code, out, error = self.ask("nodejs", "24.")
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(error, "NO_PUBKEY|[Mm]issing key|not signed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
