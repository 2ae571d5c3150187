#!/usr/bin/env python3
"""dv8:serve with curl, nc, openssl, raw sockets, and clients that mean no good."""

import hashlib
import json
import os
import resource
import selectors
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

GET = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n"


def program(name):
    return e2e.repo(f"tests/e2e/serve/{name}")


def curl(*arguments, stdin=b""):
    return e2e.run(["curl", "-sS", "--max-time", "20", *arguments], stdin=stdin)


def talk(port, data, half_close=False):
    """All that the server sends until it closes, or for a second after its last byte."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.settimeout(10 * e2e.patience() if half_close else 1.0 * e2e.patience())
        connection.sendall(data)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


class ServeTestCase(e2e.TestCase):
    apps = {}

    def app(self, name, *options):
        key = (name, *options)
        if key not in self.apps:
            ServeTestCase.apps[key] = self.pack(program(name), *options)
        return self.apps[key]

    def start(self, name, *arguments, options=(), **kwargs):
        """(process, what its first line says)"""
        process = subprocess.Popen([self.app(name, *options), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV, text=True, **kwargs)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        line = process.stdout.readline().strip()
        if not line:
            self.fail(process.stderr.read())
        return process, line

    def serve(self, name, *arguments, **kwargs):
        """The port, as a number."""
        process, line = self.start(name, *arguments, **kwargs)
        self.process = process
        return int(line)


class WorkersTest(ServeTestCase):
    """serve()'s `workers`."""

    def answers(self, port, path="/", wanted=3):
        """What connections of their own get, until so many threads have answered."""
        seen = set()
        end = time.monotonic() + 20 * e2e.patience()
        while time.monotonic() < end:
            seen.add(talk(port, b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path.encode(), half_close=True).rpartition(b"\r\n\r\n")[2])
            if len(seen) == wanted:
                break
        return sorted(seen)

    def test_all_answer_and_all_stop(self):
        for options in ((), ("--snapshot=none",), ("--include=node:events",)):
            with self.subTest(options):
                port = self.serve("workers.js", "3", options=options)
                self.assertEqual(self.answers(port), [b"0", b"1", b"2"])
                slow = [subprocess.Popen(["curl", "-sS", f"http://127.0.0.1:{port}/slow"], stdout=subprocess.PIPE, text=True) for _ in range(8)]
                time.sleep(0.3 * e2e.patience())
                self.process.send_signal(signal.SIGTERM)
                self.assertEqual({each.communicate()[0][:5] for each in slow}, {"slow "})
                self.assertEqual(self.process.communicate(timeout=20 * e2e.patience())[0], "stopped true\n")
                self.assertEqual(self.process.returncode, 0)

    def test_under_load(self):
        port = self.serve("workers.js", "2")
        got = e2e.run(["wrk", "-t2", "-c32", "-d2s", f"http://127.0.0.1:{port}/"])
        self.assertRegex(got.out, r"\d+ requests in")
        self.assertNotRegex(got.out, "Socket errors|Non-2xx")

    def test_an_error_in_a_thread_ends_the_program(self):
        port = self.serve("workers.js", "2")
        end = time.monotonic() + 20 * e2e.patience()
        while time.monotonic() < end:  # The thread may be later than the first one.
            try:
                talk(port, b"GET /fail HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", half_close=True)
            except OSError:
                break
        self.assertIn("Error: in thread 1", self.process.communicate(timeout=20 * e2e.patience())[1])
        self.assertEqual(self.process.returncode, 1)

    def test_what_is_wrong(self):
        app = self.pack_program("workers_refused.js")
        one = "ERR_INVALID_ARG_VALUE serve(options): workers must be a whole number from 1 to 1024, and is"
        self.assert_runs(
            [app], out=f"0\n{one} 0\n{one} 1.5\nERR_INVALID_ARG_VALUE serve(options): workers must be 1 where the server listens at a Unix socket, and is 2\n"
        )


class SmallTest(ServeTestCase):
    """A program without Node's library."""

    def test_routes(self):
        port = self.serve("small.js")
        url = f"http://127.0.0.1:{port}"
        hello = curl("-i", f"{url}/hello").out
        self.assertRegex(hello, r"^HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\ncontent-length: 14\r\n\r\nHello, World!\n$")
        self.assertEqual(curl(f"{url}/utf8").out, "grüße ✓\n")
        self.assertEqual(curl("-d", "ein Körper", f"{url}/echo").out, "ein Körper")
        self.assertEqual(curl("-T", "-", f"{url}/bytes", stdin=b"abc" * 50_000).raw_out, b"cba" * 50_000)
        result = curl("-d", '{"a":[1,"ä"]}', "-w", " %{http_code} %{content_type}", f"{url}/json")
        self.assertEqual(result.out, '{"got":{"a":[1,"ä"]}} 201 application/json')
        self.assertEqual(curl("-H", "X-B: 2", "-H", "x-a:  1  ", "-H", "User-Agent:", "-H", "Accept:", f"{url}/headers").out, f"host: 127.0.0.1:{port}\nx-a: 1\nx-b: 2\n")
        self.assertEqual(curl("-X", "DELETE", f"{url}/method").out, "DELETE")
        self.assertEqual(curl("--path-as-is", f"{url}/url?a=%20b&c=../d").out, f"{url}/url?a=%20b&c=../d")
        self.assertEqual(curl(f"{url}/late", f"{url}/hello").out, "lateHello, World!\n")
        self.assertEqual(curl("-w", "%{http_code} %{size_download}", f"{url}/empty").out, "204 0")
        self.assertEqual(curl(f"{url}/large").raw_out, b"a" * 3_000_000)
        self.assertEqual(curl(f"{url}/largetext").raw_out, b"b" * 2_000_000)
        self.assertEqual(curl("-w", "%{http_code}", f"{url}/throws").out, "error: thrown\n500")
        self.assertEqual(curl("-w", "%{http_code}", f"{url}/rejects").out, "Internal Server Error\n500")
        self.assertEqual(curl("-w", "%{http_code}", f"{url}/nothing").out, "Internal Server Error\n500")
        self.assertEqual(curl("-w", "%{http_code}", f"{url}/no-such").out, "Not found\n404")
        self.assertEqual(curl("-w", "%{http_code} %{redirect_url}", f"{url}/redirect").out, "307 http://127.0.0.1/elsewhere")
        cookies = curl("-i", f"{url}/cookies").out
        self.assertIn("set-cookie: a=1\r\nset-cookie: b=2\r\n", cookies)
        self.assertEqual(json.loads(curl(f"{url}/ip").out)["address"], "127.0.0.1")
        self.assertEqual(curl(f"{url}/same").out, "[true,true,true]")
        self.assertEqual(curl(f"{url}/pending").out, "1")
        self.assertEqual(curl(f"{url}/iterable").out, "0\n1\n2\n3\n4\n")
        self.assertNotEqual(curl(f"{url}/broken").code, 0)
        head = curl("-I", f"{url}/hello").out
        self.assertIn("content-length: 14", head)
        self.assertEqual(curl("-0", "-i", f"{url}/hello").out.count("connection: close"), 1)
        self.assertIn("Connection #0 to host", curl("-v", f"{url}/hello", f"{url}/hello").err)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(20), 0)
        errors = self.process.stderr.read()
        self.assertIn("Error: rejected", errors)
        self.assertIn("fetch() must return a Response", errors)
        self.assertEqual(self.process.stdout.read(), "stopped\n")

    def test_continue(self):
        port = self.serve("small.js")
        url = f"http://127.0.0.1:{port}"
        result = curl("-v", "-H", "Expect: 100-continue", "--expect100-timeout", "15", "-d", "x" * 5000, f"{url}/echo")
        self.assertEqual(result.out, "x" * 5000)
        self.assertIn("< HTTP/1.1 100 Continue", result.err)
        # Nobody reads the body: it is not asked for.
        result = curl("-v", "-H", "Expect: 100-continue", "--expect100-timeout", "15", "-d", "x" * 5000, f"{url}/ignored")
        self.assertEqual(result.out, "not read")
        self.assertNotIn("100 Continue", result.err)

    def test_pipelining(self):
        port = self.serve("small.js")
        requests = b"".join(GET % path for path in (b"/hello", b"/late", b"/utf8", b"/no-such", b"/late", b"/hello"))
        last = b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        answer = talk(port, requests + last)
        bodies = [part.split(b"\r\n\r\n", 1)[1].decode() for part in answer.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual(bodies, ["Hello, World!\n", "late", "grüße ✓\n", "Not found\n", "late", "Hello, World!\n", "Hello, World!\n"])
        # A byte at a time, with a body in chunks, and the end of the client's side behind it.
        chunked = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            for byte in chunked + GET % b"/late":
                connection.sendall(bytes([byte]))
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        self.assertIn(b"\r\n\r\nabcdefgHTTP/1.1 200 OK", answer)
        self.assertTrue(answer.endswith(b"late"), answer)
        result = e2e.run(["nc", "-N", "-w5", "127.0.0.1", str(port)], stdin=b"GET /hello HTTP/1.0\r\n\r\n")
        self.assertTrue(result.out.startswith("HTTP/1.1 200 OK\r\n") and result.out.endswith("Hello, World!\n"), result.out)
        # Thousands at once, by a client that only reads when it has sent all.
        many = talk(port, (GET % b"/hello") * 5000 + last)
        self.assertEqual(many.count(b"Hello, World!"), 5001)

    def test_bad_requests(self):
        port = self.serve("small.js")
        long = b"x" * 20_000
        cases = {
            b"nonsense\r\n\r\n": (400, 501),
            b"GET / HTTP/1.1\r\n\r\n": (400,),
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": (400,),
            b"GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n": (400,),
            b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n": (400,),
            b"GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n": (400,),
            b"GET / HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n": (400,),
            b"GET / HTTP/1.1\r\nHost: a\r\n folded: a\r\n\r\n": (400,),
            b"GET / HTTP/1.1\nHost: a\n\n": (400, 505),
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + long + b"\r\n\r\n": (431,),
            b"GET /" + long + b" HTTP/1.1\r\nHost: a\r\n\r\n": (414,),
            b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 5000 + b"\r\n": (431,),
            b"GET / HTTP/2.0\r\nHost: a\r\n\r\n": (505, 400),
            b"GET / HTTP/3.7\r\nHost: a\r\n\r\n": (505, 400),
            b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n": (501,),
            b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n": (405,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nabcde": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n": (413,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n": (400,),
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"ffff\r\n" + b"y" * 65535 + b"\r\n") * 20: (413,),
        }
        for data, statuses in cases.items():
            with self.subTest(request=data[:90]):
                # A request that is smuggled behind it gets no answer.
                answer = talk(port, data + GET % b"/hello", half_close=True)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
                self.assertIn(int(answer[9:12]), statuses, answer)
                self.assertIn(b"connection: close", answer)
        self.assertEqual(curl(f"http://127.0.0.1:{port}/hello").out, "Hello, World!\n")

    def test_timeouts(self):
        port = self.serve("small.js")
        began = time.monotonic()
        slow = socket.create_connection(("127.0.0.1", port), 10)
        idle = socket.create_connection(("127.0.0.1", port), 10)
        body = socket.create_connection(("127.0.0.1", port), 10)
        slow.sendall(b"GET /hello HTTP/1.1\r\n")
        idle.sendall(GET % b"/hello")
        body.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        selector = selectors.DefaultSelector()
        for each in (slow, idle, body):
            each.settimeout(20)
            selector.register(each, selectors.EVENT_READ)
        answer = b""
        while time.monotonic() - began < 1.5:  # A head that never ends, a byte now and then.
            slow.sendall(b"a")
            time.sleep(0.3)
        while chunk := slow.recv(1000):
            answer += chunk
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), answer)
        self.assertGreater(time.monotonic() - began, 1.9)
        answer = b""
        while chunk := idle.recv(1000):
            answer += chunk
        self.assertTrue(answer.endswith(b"Hello, World!\n"), answer)
        self.assertEqual(body.recv(1000), b"")
        self.assertLess(time.monotonic() - began, 15 * e2e.patience())
        for each in (slow, idle, body):
            each.close()

    def test_many_connections(self):
        """Slow clients, half-open ones and resets; //tests/e2e:serve_flood_test has 10,000."""
        count = int(os.environ.get("SERVE_CONNECTIONS", "600"))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        port = self.serve("small.js")
        connections = []
        self.addCleanup(lambda: [connection.close() for connection in connections])
        for i in range(count):
            connection = socket.create_connection(("127.0.0.1", port), 10)
            connections.append(connection)
            if i % 4 == 0:
                connection.sendall(b"GET /la")  # Never ends.
            elif i % 4 == 1 and i < 400:
                connection.sendall(GET % b"/large")  # Never reads.
            elif i % 4 == 2:
                connection.sendall(GET % b"/late")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                connection.close()  # A reset.
            if i % 100 == 0:
                self.assertEqual(curl(f"http://127.0.0.1:{port}/hello").out, "Hello, World!\n")
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        if not e2e.is_sanitized():
            # A hundred bodies that nobody reads; the others have some kilobytes.
            self.assertLess(resident, 100 * 3_500 + count * 8)
        deadline = time.monotonic() + 20 * e2e.patience()
        while True:  # All that is late is closed.
            with open(f"/proc/{self.process.pid}/net/tcp", encoding="ascii") as file:
                local = f"0100007F:{port:04X}"
                left = sum(1 for line in file if line.split()[1] == local and line.split()[3] == "01")
            if left == 0 or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        self.assertEqual(left, 0)
        self.assertEqual(curl(f"http://127.0.0.1:{port}/hello").out, "Hello, World!\n")

    def test_it_is_small(self):
        app = self.app("small.js")
        listed = e2e.run([e2e.dv8pack(), "inspect", "--json", app]).out
        self.assertNotIn("node:", listed)

    def test_refused_options(self):
        folder = e2e.scratch()
        for source, message in {
            "serve({})": "serve(options): fetch must be a function that returns a Response, and is undefined",
            "serve({ port: 70000, fetch() {} })": "serve(options): port must be a number from 0 to 65535, and is 70000",
            "serve({ port: 0, idleTimeout: -1, fetch() {} })": "serve(options): idleTimeout must be a number from 0 to 4000000, and is -1",
            "serve({ port: 0, tls: { key: 'x', cert: 'y' }, fetch() {} })": "serve(options): tls.cert is not what OpenSSL can use",
            "serve({ port: 0, hostname: 'no such host', fetch() {} })": "EINVAL: invalid argument, bind 'no such host'",
        }.items():
            with self.subTest(source):
                e2e.write_tree(folder, {"main.js": f"import {{ serve }} from 'dv8:serve';\n{source};\n"})
                result = e2e.run([self.pack(os.path.join(folder, "main.js"))])
                self.assertEqual(result.code, 1)
                self.assertIn(message, result.err)


class StreamsTest(ServeTestCase):
    def test_streams(self):
        port = self.serve("streams.js")
        url = f"http://127.0.0.1:{port}"
        self.assertEqual(curl(f"{url}/count").out, "".join(f"{n}\n" for n in range(1000)))
        data = os.urandom(2_000_000)
        self.assertEqual(curl("-T", "-", f"{url}/echo", stdin=data).raw_out, data)
        self.assertEqual(curl("--data-binary", "@-", f"{url}/echo", stdin=data).raw_out, data)
        self.assertEqual(curl("-d", "small", f"{url}/upper").out, "SMALL")
        self.assertEqual(curl("-d", "small", f"{url}/proxy").out, "SMALL")
        self.assertEqual(curl(f"{url}/fetched").out, '[true,true,200,"hello"]')
        self.assertEqual(curl("-F", "name=Ä", "-F", "file=@-;filename=x.txt", f"{url}/form", stdin=b"content").out, '["Ä","x.txt","content"]')
        form = curl(f"{url}/sendform").out
        self.assertIn('name="b"; filename="b.txt"', form)
        self.assertEqual(curl("-d", "mine", "-w", " %{content_type}", f"{url}/blob").out, "blob of mine text/x-blob")
        self.assertEqual(curl("-d", "twice", f"{url}/clone").out, '["twice","twice"]')
        self.assertEqual(curl(f"{url}/params").out, "a=%C3%A4+b&c=1")
        e2e.run(["curl", "-s", "--max-time", "1", f"{url}/forever"])
        for _ in range(50):
            log = json.loads(curl(f"{url}/log").out)
            if len(log) == 2:
                break
            time.sleep(0.1)
        self.assertEqual(sorted(log), ["aborted", "cancelled"])

    def test_backpressure(self):
        """A client that does not read keeps the stream from being pulled."""
        port = self.serve("streams.js")
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.settimeout(2)
            sent = 0
            try:
                while sent < 1 << 30:
                    connection.sendall(b"10000\r\n" + b"z" * 65536 + b"\r\n")
                    sent += 65536
            except TimeoutError:
                pass
            self.assertLess(sent, 100_000_000)
        self.assertEqual(curl(f"http://127.0.0.1:{port}/").out, "hello")


class FilesTest(ServeTestCase):
    def check(self, port, has_dates):
        url = f"http://127.0.0.1:{port}"
        page = curl("-i", f"{url}/").out
        self.assertTrue(page.endswith("\r\n\r\n<!doctype html><title>index</title>\n"), page)
        self.assertIn("content-type: text/html;charset=utf-8\r\n", page)
        self.assertIn("cache-control: max-age=60\r\n", page)
        self.assertEqual("last-modified: " in page, has_dates)
        etag = next(line[6:] for line in page.split("\r\n") if line.startswith("etag: "))
        self.assertEqual(curl("-w", "%{http_code}", "-H", f"If-None-Match: {etag}", f"{url}/").out, "304")
        self.assertEqual(curl("-w", "%{http_code}", "-H", f'If-None-Match: "x", W/{etag}', f"{url}/").out, "304")
        self.assertTrue(curl("-w", "%{http_code}", "-H", 'If-None-Match: "x"', f"{url}/").out.endswith("200"))
        digits = f"{url}/digits.txt"
        for asked, expected in {"0-3": "0123 206", "5-": "56789abcdefghij 206", "-3": "hij 206", "18-99": "ij 206", "5-2": "0123456789abcdefghij 200", "20-": " 416", "1-2,4-5": "0123456789abcdefghij 200"}.items():
            self.assertEqual(curl("-w", " %{http_code}", "-H", f"Range: bytes={asked}", digits).out, expected, asked)
        self.assertIn("content-range: bytes 2-4/20\r\n", curl("-i", "-r", "2-4", digits).out)
        self.assertEqual(curl("-w", " %{http_code}", "-r", "2-4", "-H", 'If-Range: "x"', digits).out, "0123456789abcdefghij 200")
        self.assertIn("content-length: 20\r\n", curl("-I", digits).out)
        self.assertEqual(curl("-w", "%{http_code} %{redirect_url}", f"{url}/docs").out, f"308 {url}/docs/")
        self.assertEqual(curl("-L", f"{url}/docs").out, "the docs\n")
        for path in ("/.hidden", "/../secret", "/%2e%2e/secret", "/docs/..%2f..%2fsecret", "/no-such", "/a%00b", "//etc/passwd", "/%", "/docs%5c..%5csecret"):
            self.assertEqual(curl("--path-as-is", "-w", "%{http_code}", url + path).out, "Not found\n404", path)
        self.assertEqual(curl("-w", "%{http_code}", "-d", "x", digits).out, "Not found\n404")
        self.assertEqual(curl("-w", " %{content_type}", f"{url}/one").out, "<!doctype html><title>index</title>\n text/html;charset=utf-8")

    def test_packed(self):
        port = self.serve("files.js", options=("--asset", program("public")))
        self.check(port, False)

    def test_disk(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"secret": "secret"})
        subprocess.run(["cp", "-rL", program("public"), os.path.join(folder, "public")], check=True)
        with open(os.path.join(folder, "public", "large.bin"), "wb") as file:
            file.write(os.urandom(5_000_000))
        with open(os.path.join(folder, "public", "large.bin"), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        port = self.serve("files.js", os.path.join(folder, "public"))
        self.check(port, True)
        self.assertEqual(hashlib.sha256(curl(f"http://127.0.0.1:{port}/large.bin").raw_out).hexdigest(), digest)
        self.assertEqual(len(curl("-r", "1000000-3999999", f"http://127.0.0.1:{port}/large.bin").raw_out), 3_000_000)


class EntryTest(ServeTestCase):
    def test_default_export(self):
        process, line = self.start("entry.js", options=("--port", "39217"))
        self.assertEqual(line, "Listening on http://127.0.0.1:39217/")
        self.assertEqual(curl("http://127.0.0.1:39217/", "http://127.0.0.1:39217/").out, "GET 39217 1\nGET 39217 2\n")
        second = e2e.run([self.app("entry.js", "--port", "39217")])
        self.assertEqual(second.code, 1)
        self.assertIn("EADDRINUSE: address already in use, listen '127.0.0.1:39217'", second.err)
        process.kill()

    def test_default_export_with_nodes_library(self):
        port = self.serve("entry_node.ts")
        self.assertEqual(curl(f"http://127.0.0.1:{port}/x").out, "app /x\n")

    def test_bundled(self):
        port = self.serve("entry_node.ts", options=("--bundle",))
        self.assertEqual(curl(f"http://127.0.0.1:{port}/x").out, "app /x\n")


class GlobalTest(ServeTestCase):
    def test_tls(self):
        folder = e2e.scratch()
        key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
        new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        subprocess.run([*new, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        port = self.serve("global.js", key, certificate)
        url = f"https://127.0.0.1:{port}/"
        self.assertEqual(curl("--cacert", certificate, url, f"{url}2").out, f"{url} 0\n{url}2 0\n")
        self.assertEqual(curl("--cacert", certificate, "--tls-max", "1.2", "--data-binary", "@-", url, stdin=b"q" * 500_000).out, f"{url} 500000\n")
        client = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", certificate, "-alpn", "http/1.1", "-ign_eof"]
        result = e2e.run(client, stdin=b"GET /s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.assertIn("ALPN protocol: http/1.1", result.out)
        self.assertIn("Verify return code: 0 (ok)", result.out)
        self.assertIn("https://a/s 0\n", result.out)
        for old in ("-tls1", "-tls1_1"):
            self.assertNotEqual(e2e.run([*client, old, "-cipher", "ALL:@SECLEVEL=0"], stdin=b"").code, 0)
        self.assertNotEqual(e2e.run([*client[:-3], "-alpn", "h2"], stdin=b"").code, 0)
        # What is no TLS at all.
        self.assertNotIn(b"HTTP/1.1", talk(port, GET % b"/"))
        context = ssl.create_default_context(cafile=certificate)
        with socket.create_connection(("127.0.0.1", port), 10) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall((GET % b"/") * 100)
                answer = b""
                while answer.count(b" 0\n") < 100:
                    answer += secure.recv(65536)
        self.assertEqual(curl("--cacert", certificate, url).out, f"{url} 0\n")

    def test_unix(self):
        folder = tempfile.TemporaryDirectory(prefix="dv8", dir="/tmp")  # A socket's path has 107 bytes at most.
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "socket")
        _, line = self.start("global.js", "", "", path)
        self.assertEqual(line, path)
        self.assertEqual(curl("--unix-socket", path, "-d", "abc", "http://some.host/p").out, "http://some.host/p 3\n")


if __name__ == "__main__":
    e2e.main()
