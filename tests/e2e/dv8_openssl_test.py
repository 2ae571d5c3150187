#!/usr/bin/env python3
"""dv8:openssl, beside Python's hashlib and ssl and the openssl command."""

import hashlib
import hmac
import os
import socket
import ssl
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

# main.js <algorithm> [key]: the sum of stdin, 1000 bytes at a time.


class DigestTest(e2e.TestCase):
    def test_sums_are_those_of_pythons(self):
        app = self.pack_program("sum.mjs")
        for data in (b"", b"abc", bytes(range(256)) * 500):
            for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256", "blake2b512"):
                expected = hashlib.new(name.replace("sha3-", "sha3_").replace("blake2b512", "blake2b"), data).hexdigest()
                self.assertEqual(e2e.run([app, name], stdin=data).out, f"{expected}\n" * 2, name)
            for key in ("k", "long" * 100, ""):
                expected = hmac.new(key.encode(), data, "sha256").hexdigest()
                self.assertEqual(e2e.run([app, "sha256", key], stdin=data).out, f"{expected}\n" * 2)

    def test_sides(self):
        self.assert_prints("sides.mjs")

    def test_misuse_of_digests(self):
        self.assert_prints("misuse_of_digests.mjs")


# main.js server <folder> [<other certificate for other.test>]: an echo; prints its port.
# main.js client <port> <ca or "-"> <host or "-"> <bytes> [no-verify]


class TlsTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_program("peers.mjs")
        cls.folder = e2e.scratch("certificates")
        make = cls.make
        make("ca", None, "/CN=authority", ["-x509", "-days", "30", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"])
        make("good", "ca", "/CN=good", names="DNS:good.test,IP:127.0.0.1")
        make("other", "ca", "/CN=other", names="DNS:other.test")
        # Over a second later; newer versions of openssl take no negative days.
        make("expired", "ca", "/CN=expired", names="DNS:good.test", days="0")
        time.sleep(1.5)
        make("alone", None, "/CN=alone", ["-x509", "-days", "30", "-addext", "subjectAltName=DNS:good.test"])
        make("client", "ca", "/CN=client", names="DNS:client.test")
        make("middle", "ca", "/CN=middle", constraints="critical,CA:TRUE\nkeyUsage=critical,keyCertSign")
        make("leaf", "middle", "/CN=leaf", names="DNS:good.test")

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def make(cls, name, issuer, subject, options=(), names=None, days="30", constraints="CA:FALSE"):
        def openssl(*args):
            subprocess.run(["openssl", *args], check=True, capture_output=True)

        key, crt, request = cls.path(name + ".key"), cls.path(name + ".crt"), cls.path(name + ".csr")
        new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-subj", subject]
        if issuer is None:
            openssl(*new, *options, "-out", crt)
            return
        openssl(*new, "-out", request)
        extensions = cls.path(name + ".ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"basicConstraints={constraints}\n" + (f"subjectAltName={names}\n" if names else ""))
        issued = ["-CA", cls.path(issuer + ".crt"), "-CAkey", cls.path(issuer + ".key"), "-CAcreateserial"]
        openssl("x509", "-req", "-in", request, *issued, "-days", days, "-extfile", extensions, "-out", crt)

    def server(self, certificate, other="-", ca=None, env=None):
        args = [self.app, "server", self.path(certificate), other if other == "-" else self.path(other)] + ([self.path(ca)] if ca else [])
        process = subprocess.Popen(args, stdout=subprocess.PIPE, env={**e2e.CLEAN_ENV, **(env or {})}, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, int(process.stdout.readline())

    def client(self, port, host="good.test", ca="ca.crt", size=5, certificate="-", verify="verify", env=None):
        authority = ca if ca == "-" else self.path(ca)
        own = certificate if certificate == "-" else self.path(certificate)
        result = e2e.run([self.app, "client", str(port), authority, host, str(size), own, verify], env=env)
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out

    def test_packed_client_and_server(self):
        _, port = self.server("good")
        self.assertEqual(self.client(port), "0\nTLSv1.3\ngot 5\n")
        # Without a host: the address. More than the sockets' and pipes' buffers hold.
        self.assertEqual(self.client(port, host="-", size=30_000_000), "0\nTLSv1.3\ngot 30000000\n")

    def test_a_server_must_have_a_good_certificate(self):
        refused = "0\nerror 1 the certificate is refused: "
        cases = [
            ("good", {"host": "wrong.test"}, "hostname mismatch"),
            ("other", {"host": "-"}, "IP address mismatch"),
            ("expired", {}, "certificate has expired"),
            ("alone", {}, "self-signed certificate"),
            ("good", {"ca": "-"}, "unable to get local issuer certificate"),
            ("good", {"ca": "alone.crt"}, "unable to get local issuer certificate"),
            ("leaf", {}, "unable to get local issuer certificate"),
        ]
        for certificate, options, reason in cases:
            with self.subTest(certificate=certificate, **options):
                process, port = self.server(certificate)
                self.assertEqual(self.client(port, **options), f"{refused}{reason}\n")
                self.assertIn("error ", process.stdout.readline())
                # Unless it is told not to look.
                self.assertEqual(self.client(port, verify="no-verify", **options), "0\nTLSv1.3\ngot 5\n")

    def test_a_chain(self):
        with open(self.path("leaf.crt"), encoding="utf-8") as leaf, open(self.path("middle.crt"), encoding="utf-8") as middle:
            both = leaf.read() + middle.read()
        with open(self.path("both.crt"), "w", encoding="utf-8") as file:
            file.write(both)
        os.link(self.path("leaf.key"), self.path("both.key"))
        _, port = self.server("both")
        self.assertEqual(self.client(port), "0\nTLSv1.3\ngot 5\n")

    def test_sni_chooses_and_refuses(self):
        process, port = self.server("good", other="other")
        self.assertEqual(self.client(port, host="other.test"), "0\nTLSv1.3\ngot 5\n")
        self.assertIn("unrecognized name", self.client(port, host="refused.test"))
        self.assertIn("error ", process.stdout.readline())
        self.assertIn("unrecognized name", self.client(port, host="throws.test"))
        self.assertEqual(process.stdout.readline(), "uncaught host\n")
        process.stdout.readline()
        self.assertEqual(self.client(port), "0\nTLSv1.3\ngot 5\n")

    def test_a_server_may_ask_for_a_certificate(self):
        process, port = self.server("good", ca="ca.crt")
        self.assertEqual(self.client(port, certificate="client"), "0\nTLSv1.3\ngot 5\n")
        self.assertIn("error 1 ", self.client(port))
        self.assertEqual(process.stdout.readline(), "error peer did not return a certificate\n")
        self.assertIn("error 1 ", self.client(port, certificate="alone"))
        self.assertIn("the certificate is refused", process.stdout.readline())

    def test_openssl_s_client(self):
        verify = ["-CAfile", self.path("ca.crt"), "-verify_return_error", "-servername", "good.test", "-verify_hostname", "good.test"]
        for version in ("-tls1_2", "-tls1_3"):
            process, port = self.server("good")
            client = ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}", *verify, version]
            with subprocess.Popen(client, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as peer:
                for line in (b"hello\n", b"again\n"):
                    peer.stdin.write(line)
                    peer.stdin.flush()
                    self.assertEqual(peer.stdout.readline(), line)
                peer.stdin.write(b"quit\n")
                peer.stdin.flush()
                self.assertEqual(peer.wait(20), 0)
            self.assertEqual(process.wait(20), 0)
        process, port = self.server("good")
        old = e2e.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        self.assertNotEqual(old.code, 0)
        self.assertEqual(process.stdout.readline(), "error unsupported protocol\n")

    def test_python_on_both_sides(self):
        _, port = self.server("good")
        context = ssl.create_default_context(cafile=self.path("ca.crt"))
        with socket.create_connection(("127.0.0.1", port), timeout=20) as raw, context.wrap_socket(raw, server_hostname="good.test") as peer:
            # A byte at a time, then all at once.
            for byte in b"abc":
                peer.sendall(bytes([byte]))
                self.assertEqual(peer.recv(10), bytes([byte]))
            data = os.urandom(200_000)
            sender = subprocess.Popen(["sleep", "0"])
            sender.wait()
            peer.settimeout(20)
            got = b""
            for at in range(0, len(data), 20000):
                peer.sendall(data[at : at + 20000])
                while len(got) < at + 20000:
                    got += peer.recv(65536)
            self.assertEqual(got, data)
            peer.sendall(b"quit\n")
            self.assertEqual(peer.recv(10), b"")  # Its close_notify, not a cut.

    def test_plain_bytes_a_cut_and_an_early_end_are_errors(self):
        process, port = self.server("good")
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while peer.recv(1000):
                pass
        self.assertEqual(process.stdout.readline(), "error http request\n")
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            peer.sendall(b"\x16\x03\x01")
        self.assertEqual(process.stdout.readline(), "error the peer ended during the handshake\n")
        context = ssl.create_default_context(cafile=self.path("ca.crt"))
        raw = socket.create_connection(("127.0.0.1", port), timeout=20)
        peer = context.wrap_socket(raw, server_hostname="good.test", suppress_ragged_eofs=False)
        peer.sendall(b"x")
        peer.recv(1)
        os.close(peer.detach())
        self.assertEqual(process.stdout.readline(), "error the peer ended without TLS's close_notify\n")

    def test_nothing_of_the_environment_is_obeyed(self):
        config = self.path("openssl.cnf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("openssl_conf = x\n[x]\nssl_conf = y\n[y]\nsystem_default = z\n[z]\nMaxProtocol = TLSv1.2\nCipherString = NULL\n")
        keylog = self.path("keys.log")
        env = {"OPENSSL_CONF": config, "SSL_CERT_FILE": self.path("ca.crt"), "SSL_CERT_DIR": self.folder, "SSLKEYLOGFILE": keylog, "OPENSSL_MODULES": "/", "OPENSSL_ENGINES": "/", "OPENSSL_ia32cap": "0"}
        _, port = self.server("good", env=env)
        self.assertEqual(self.client(port, env=env), "0\nTLSv1.3\ngot 5\n")
        # The variable's authority is not trusted.
        self.assertIn("unable to get local issuer certificate", self.client(port, ca="-", env=env))
        self.assertFalse(os.path.exists(keylog))

    def test_a_write_begins_at_an_offset(self):
        self.assert_prints("a_write_begins_at_an_offset.mjs", args=[self.folder])

    def test_shutdown_in_a_callback(self):
        self.assert_prints("shutdown_in_a_callback.mjs", args=[self.folder])

    def test_dropped_ones_are_collected(self):
        self.assert_prints("dropped_ones_are_collected.mjs", "--v8-flags=--expose-gc", args=[self.folder])

    def test_contexts_say_what_is_wrong(self):
        encrypted = self.path("encrypted.key")
        subprocess.run(["openssl", "ec", "-in", self.path("good.key"), "-aes128", "-passout", "pass:secret", "-out", encrypted], check=True, capture_output=True)
        self.assert_prints("contexts_say_what_is_wrong.mjs", args=[self.folder])

    def test_misuse(self):
        self.assert_prints("misuse.mjs", args=[self.folder])


if __name__ == "__main__":
    e2e.main()
