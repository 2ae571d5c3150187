#!/usr/bin/env python3
"""Examples of dv8's modules, with the clients that their READMEs name."""

import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class ExamplesTest(e2e.TestCase):
    def example(self, name):
        return self.pack(e2e.repo(f"examples/{name}/main.js"), "--env=core")

    def start(self, argv, **kwargs):
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, env=e2e.CLEAN_ENV, text=True, **kwargs)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def free_port(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            return server.getsockname()[1]

    def shell(self, script, cwd):
        result = e2e.run(["bash", "-o", "pipefail", "-c", script], cwd=cwd)
        self.assertEqual(result.code, 0, result)
        return result

    def test_gzip(self):
        app = self.example("gzip")
        folder = e2e.scratch()
        with open(os.path.join(folder, "data"), "wb") as file:
            file.write(os.urandom(300_000) + b"text " * 400_000)
        self.shell(f"{app} < data | gunzip | cmp - data", folder)
        self.shell(f"gzip < data | {app} -d | cmp - data", folder)
        self.shell(f"cat data | {app} | cat | {app} -d | cmp - data", folder)
        result = e2e.run(["bash", "-c", f"gzip < data | head -c 1000 | {app} -d"], cwd=folder)
        self.assertEqual((result.code, result.err), (1, "the input ends too early\n"))
        result = e2e.run([app, "-d"], stdin="no gzip at all")
        self.assertEqual((result.code, result.err), (1, "incorrect header check\n"))

    def test_copy(self):
        app = self.example("copy")
        folder = e2e.scratch()
        with open(os.path.join(folder, "data"), "wb") as file:
            file.write(b"0123456789abcde\n" * 20000 + b"end")
        self.assertEqual(e2e.run([app, "data", "copied"], cwd=folder).out, "copied 320003 bytes, the same\n")
        self.shell("cmp data copied", folder)
        result = e2e.run([app, "none", "copied"], cwd=folder)
        self.assertEqual((result.code, result.out), (1, "none: error -2\n"))

    def test_lookup(self):
        out = e2e.run([self.example("lookup"), "localhost", "::1"]).out
        self.assertIn("localhost: 127.0.0.1 (IPv4)\n", out)
        self.assertIn("::1: ::1 (IPv6)\n", out)

    def test_queue(self):
        app = self.example("queue")
        name = f"/dv8-queue-{os.getpid()}"
        self.addCleanup(lambda: os.path.exists(f"/dev/mqueue{name}") and os.unlink(f"/dev/mqueue{name}"))
        consumer = self.start([app, name, "receive", "2"])
        self.assert_runs([app, name, "send", "hello", "world"])
        self.assertEqual(consumer.stdout.read(), "hello\nworld\n")

    def test_https(self):
        app = self.example("https")
        folder = e2e.scratch()
        self.shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost "
                   "-addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem", folder)
        server = self.start([app, "cert.pem", "key.pem"], cwd=folder)
        base = f"https://localhost:{server.stdout.readline().strip()}"
        result = e2e.run(["curl", "-sv", "--http1.1", "--cacert", "cert.pem", f"{base}/one", f"{base}/two"], cwd=folder)
        self.assertEqual(result.out, "GET /one with 0 bytes over TLSv1.3\nGET /two with 0 bytes over TLSv1.3\n", result)
        self.assertEqual(result.err.count("Connected to"), 1, result.err)
        body = "x" * 200_000
        result = e2e.run(["curl", "-s", "--http1.1", "--tls-max", "1.2", "-H", "Expect:", "--cacert", "cert.pem", "--data-binary", "@-", f"{base}/form"], cwd=folder, stdin=body)
        self.assertEqual(result.out, "POST /form with 200000 bytes over TLSv1.2\n", result)
        # Whom the client does not trust it does not talk to.
        self.assertEqual(e2e.run(["curl", "-s", f"{base}/no"], cwd=folder).code, 60)
        e2e.run(["curl", "-s", "--cacert", "cert.pem", f"{base}/quit"], cwd=folder)
        self.assertEqual(server.wait(20), 0)

    def test_httpd_threads(self):
        app = self.example("httpd-threads")
        port = self.free_port()
        server = self.start([app, str(port), "3"])
        for _ in range(3):
            self.assertEqual(server.stdout.readline(), "a thread listens\n")
        urls = [f"http://127.0.0.1:{port}/{i}" for i in range(30)]
        for url in urls:  # A connection each: the kernel chooses the thread.
            self.assertEqual(e2e.run(["curl", "-s", url]).out, f"thread answers {url[url.rindex('/'):]}\n")
        result = e2e.run(["curl", "-s", *urls, f"http://127.0.0.1:{port}/quit"])
        self.assertEqual(result.out.count("thread answers"), 31)
        self.assertEqual(server.stdout.read(), "all threads have ended\n")
        self.assertEqual(server.wait(20), 0)

    def test_spawn(self):
        for count in ("1", "8"):
            out = e2e.run([self.example("spawn"), count]).out
            self.assertEqual((out.count("\n"), out.splitlines()[-1]), (8, "22 primes below 80"))

    def test_udp_ping(self):
        server = self.start([self.example("udp-ping"), "serve"])
        port = int(server.stdout.readline())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(20)
            for i in range(5):
                client.sendto(b"ping %d" % i, ("127.0.0.1", port))
                self.assertEqual(client.recv(100), b"pong %d" % i)
            client.sendto(b"end", ("127.0.0.1", port))
        self.assertEqual(server.wait(20), 0)


if __name__ == "__main__":
    e2e.main()
