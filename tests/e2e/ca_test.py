#!/usr/bin/env python3
"""dv8pack --ca: whose certificates a program trusts, beside openssl's server."""

import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

CLIENT = e2e.repo("tests/e2e/ca/client.js")


class CaTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = e2e.scratch("ca")

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=cls.folder, check=True, capture_output=True)

        new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl(*new, "-x509", "-days", "30", "-subj", "/CN=Own authority", "-keyout", "ca.key", "-out", "ca.pem")
        openssl(*new, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "server.key", "-out", "server.csr")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30", "-copy_extensions", "copy", "-out", "server.pem")
        cls.authority = os.path.join(cls.folder, "ca.pem")

    def serve(self):
        server = subprocess.Popen(
            ["openssl", "s_server", "-www", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for line in server.stdout:
            if found := re.match(r"ACCEPT .*:(\d+)", line):
                return found[1]
        self.fail("s_server does not listen")

    def test_a_file_is_trusted_and_nobody_else(self):
        app = self.pack(CLIENT, "--ca", self.authority)
        self.assert_runs([app, self.serve()], out="200 200 1\n")
        # It is the maker who says so, and the environment does not.
        self.assert_runs([app, self.serve()], out="200 200 1\n", env={"SSL_CERT_FILE": "/dev/null"})

    def test_debians_are_in_the_program(self):
        app = self.pack(CLIENT, "--ca=debian")
        refused = "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
        self.assert_runs([app, self.serve()], out=f"{refused} {refused} many\n")
        with open(app, "rb") as file:
            self.assertIn(b"-----BEGIN CERTIFICATE-----", file.read())

    def test_nobody(self):
        app = self.pack(CLIENT, "--ca=none")
        refused = "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
        self.assert_runs([app, self.serve()], out=f"{refused} {refused} 0\n")

    def test_the_environment_where_it_may(self):
        app = self.pack(CLIENT, "--ca=none", "--allow-env-ca")
        self.assert_runs([app, self.serve()], out="200 200 1\n", env={"SSL_CERT_FILE": self.authority})

    def test_inspect_tells(self):
        app = self.pack(CLIENT, "--ca=none")
        self.assertRegex(e2e.run([e2e.dv8pack(), "inspect", app]).out, r"(?m)^ca\s+none$")

    def test_what_is_no_certificate(self):
        output = os.path.join(self.folder, "app")
        bad = os.path.join(self.folder, "server.key")
        self.assert_runs([e2e.dv8pack(), "--ca", bad, CLIENT, "-o", output], err=f"{bad}: error: --ca: no certificate in PEM is in it\n", code=1)
        missing = os.path.join(self.folder, "missing.pem")
        self.assert_runs(
            [e2e.dv8pack(), "--ca", missing, CLIENT, "-o", output],
            err=f"{missing}: error: --ca is system, debian, none or a file of certificates: [WILDLINE]\n", code=1,
        )


if __name__ == "__main__":
    e2e.main()
