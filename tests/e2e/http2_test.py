#!/usr/bin/env python3
"""A packed HTTP/2 server and other people's clients: curl, nghttp, h2load, and one that floods it with resets."""

import os
import re
import socket
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


# RFC 9113: type, flags.
HEADERS, RST_STREAM, SETTINGS, GOAWAY = 1, 3, 4, 7
END_STREAM, END_HEADERS = 1, 4
ENHANCE_YOUR_CALM, INTERNAL_ERROR = 11, 2


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Http2Test(e2e.TestCase):
    def serve(self, *arguments):
        process = subprocess.Popen([self.pack_program("server.js"), *arguments], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, int(process.stdout.readline())

    def ask(self, *command):
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60 * e2e.patience())

    def test_clear_text(self):
        _, port = self.serve("clear")
        url = f"http://127.0.0.1:{port}"
        got = self.ask("curl", "-sS", "--http2-prior-knowledge", "-w", " %{http_version}", url + "/curl")
        self.assertEqual(got.stdout, "hello /curl 2", got)
        text = "to and fro " * 20000
        posted = subprocess.run(["curl", "-sS", "--http2-prior-knowledge", "--data-binary", "@-", url], input=text,
                                capture_output=True, text=True, check=True)
        self.assertEqual(posted.stdout, text)
        self.assertIn("recv PUSH_PROMISE frame", self.ask("nghttp", "-vn", url + "/push").stdout)

    def certificate(self):
        """A file with a key and its certificate for localhost."""
        certificate = os.path.join(e2e.scratch(), "certificate.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-keyout", certificate, "-out", certificate + ".crt"], check=True, capture_output=True)
        with open(certificate + ".crt", encoding="ascii") as issued, open(certificate, "a", encoding="ascii") as both:
            both.write(issued.read())
        return certificate

    def test_clients_with_certificates(self):
        certificate, other = self.certificate(), self.certificate()
        _, port = self.serve("mutual", certificate)
        url = f"https://localhost:{port}/mutual"
        for flag, version in (("--http2", "2"), ("--http1.1", "1.1")):
            for tls in (["--tlsv1.3"], ["--tls-max", "1.2"]):
                options = [flag, *tls, "-sS", "--cacert", certificate + ".crt", "-w", " %{http_version}"]
                got = self.ask("curl", *options, "--cert", certificate, url)
                self.assertEqual(got.stdout, f"hello /mutual {version}", got)
                self.assertNotEqual(self.ask("curl", *options, url).returncode, 0)
                self.assertNotEqual(self.ask("curl", *options, "--cert", other, url).returncode, 0)

    def test_tls(self):
        certificate = self.certificate()
        _, port = self.serve("tls", certificate)
        for flag, version in (("--http2", "2"), ("--http1.1", "1.1")):
            got = self.ask("curl", "-skS", flag, "-w", " %{http_version}", f"https://localhost:{port}/tls")
            self.assertEqual(got.stdout, f"hello /tls {version}", got)
        many = self.ask("h2load", "-n", "20000", "-c", "20", "-m", "20", f"https://localhost:{port}/")
        self.assertIn("20000 succeeded, 0 failed, 0 errored, 0 timeout", many.stdout, many)

    def test_many_requests(self):
        _, port = self.serve("clear")
        got = self.ask("h2load", "-n", "5000", "-c", "10", "-m", "20", f"http://127.0.0.1:{port}/")
        self.assertIn("5000 succeeded, 0 failed, 0 errored, 0 timeout", got.stdout, got)

    def test_a_flood_of_resets_ends_the_connection_alone(self):
        process, port = self.serve("clear")
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.settimeout(30 * e2e.patience())
            client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0))
            # GET http / with :authority a.
            request = bytes.fromhex("828684410161")
            try:
                for first in range(1, 40001, 200):
                    client.sendall(b"".join(
                        frame(HEADERS, END_STREAM | END_HEADERS, stream, request) + frame(RST_STREAM, 0, stream, struct.pack(">I", 8))
                        for stream in range(first, first + 200, 2)))
            except OSError:
                pass  # It has ended already.
            received = b""
            try:
                while part := client.recv(65536):
                    received += part
            except OSError:
                pass
        codes = []
        while len(received) >= 9:
            size = int.from_bytes(received[:3], "big")
            if received[3] == GOAWAY:
                codes.append(struct.unpack(">I", received[13:17])[0])
            received = received[9 + size:]
        self.assertTrue(set(codes) <= {ENHANCE_YOUR_CALM, INTERNAL_ERROR}, codes)
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))
        self.assertLess(peak, 200 << 10)
        self.assertEqual(self.ask("curl", "-sS", "--http2-prior-knowledge", f"http://127.0.0.1:{port}/after").stdout, "hello /after")


if __name__ == "__main__":
    e2e.main()
