#!/usr/bin/env python3
"""The examples httpd, hash and tls-echo, with the tools that their READMEs name."""

import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class ServersTest(e2e.TestCase):
    def start(self, argv):
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def test_httpd(self):
        app = self.pack(e2e.repo("examples/httpd/main.js"), "--env=core")
        process = self.start([app])
        first = process.stdout.readline()
        pid, port = re.fullmatch(r"pid (\d+) listens on port (\d+)\n", first).groups()
        self.assertEqual(int(pid), process.pid)
        url = f"http://127.0.0.1:{port}"
        result = e2e.run(["curl", "-sv", f"{url}/hello", f"{url}/again"])
        self.assertEqual(result.out, "GET /hello\nGET /again\n")
        self.assertEqual(result.err.count("Connected to"), 1, result.err)  # Keep-alive.
        self.assertEqual(e2e.run(["curl", "-s", "-d", "some=body", f"{url}/form"]).out, "POST /form\n")
        self.assertEqual(e2e.run(["curl", "-s", "-0", f"{url}/old"]).out, "GET /old\n")
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n%s\r\nGET /%d\n"
        pipeline = b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.0\r\n\r\n"
        result = e2e.run(["nc", "-w5", "127.0.0.1", port], stdin=pipeline)
        self.assertEqual(result.out, answer % ("", 1) + answer % ("", 2) + answer % ("Connection: close\r\n", 3))
        self.assertTrue(e2e.run(["nc", "-w5", "127.0.0.1", port], stdin=b"nonsense\r\n\r\n").out.startswith("HTTP/1.1 400 "))
        # Half a request keeps its connection open, and the end ends it.
        waiting = subprocess.Popen(["nc", "127.0.0.1", port], stdin=subprocess.PIPE)
        waiting.stdin.write(b"GET / HT")
        waiting.stdin.flush()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)
        self.assertEqual(process.stdout.read(), "7 requests\n")
        waiting.stdin.close()
        waiting.wait(20)

    def test_hash_is_sha256sum(self):
        app = self.pack(e2e.repo("examples/hash/main.js"), "--env=core")
        path = os.path.join(e2e.scratch(), "data")
        with open(path, "wb") as file:
            file.write(os.urandom(3_000_001))
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            expected = e2e.run([f"{algorithm}sum", path]).out.split()[0]
            with open(path, "rb") as data:
                self.assertEqual(subprocess.run([app, algorithm], stdin=data, capture_output=True, text=True, check=True).stdout.strip(), expected)
            with open(path, "rb") as data:
                piped = subprocess.run(["sh", "-c", f"cat | '{app}' {algorithm}"], stdin=data, capture_output=True, text=True, check=True)
            self.assertEqual(piped.stdout.strip(), expected)
        expected = e2e.run(["openssl", "dgst", "-sha256", "-hmac", "the key", path]).out.split()[-1]
        with open(path, "rb") as data:
            self.assertEqual(subprocess.run([app, "sha256", "the key"], stdin=data, capture_output=True, text=True, check=True).stdout.strip(), expected)

    def test_tls_echo(self):
        app = self.pack(e2e.repo("examples/tls-echo/main.js"))
        folder = e2e.scratch()
        key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
        new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run([*new, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        server = self.start([app, "server", certificate, key])
        port = server.stdout.readline().strip()
        result = e2e.run([app, "client", port, certificate, "localhost"], stdin="hello\n")
        self.assertEqual((result.code, result.out, result.err), (0, "hello\n", ""))
        self.assertEqual(server.stdout.readline(), "TLSv1.3\n")
        data = os.urandom(5_000_000)
        result = e2e.run(["sh", "-c", f"cat | '{app}' client {port} '{certificate}' localhost | cat"], stdin=data)
        self.assertEqual(result.raw_out, data)
        server.stdout.readline()
        wrong = e2e.run([app, "client", port, certificate, "example.org"], stdin="secret\n")
        self.assertEqual((wrong.code, wrong.out, wrong.err), (1, "", "the certificate is refused: hostname mismatch\n"))
        self.assertIn("alert", server.stdout.readline())
        client = ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}", "-CAfile", certificate, "-verify_return_error", "-servername", "localhost"]
        with subprocess.Popen(client, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as peer:
            peer.stdin.write(b"hello\n")
            peer.stdin.flush()
            self.assertEqual(peer.stdout.readline(), b"hello\n")
            peer.kill()
        self.assertEqual(e2e.run([app]).err, "usage: tls-echo server CERTIFICATE KEY [port] | client PORT CERTIFICATE HOST\n")


if __name__ == "__main__":
    e2e.main()
