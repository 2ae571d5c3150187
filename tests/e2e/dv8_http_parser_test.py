#!/usr/bin/env python3
"""dv8:httpParser and dv8:picoHttpParser: what is in the work buffer, on their own and on sockets."""

import contextlib
import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

class Base(e2e.TestCase):
    def lines(self, name, *options, args=()):
        result = e2e.run([self.pack_program(name, *options), *args])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out.splitlines()


class ParserTest(Base):
    def test_constants(self):
        self.assert_prints("constants.mjs")

    def test_the_layout_of_a_request(self):
        self.assert_prints("the_layout_of_a_request.mjs")

    def test_upgrade_and_keep_alive(self):
        self.assert_prints("upgrade_and_keep_alive.mjs")

    def test_the_layout_of_a_response(self):
        self.assert_prints("the_layout_of_a_response.mjs")

    def test_a_parser_of_responses_tells_their_end(self):
        self.assert_prints("a_parser_of_responses_tells_their_end.mjs")

    def test_a_response_without_a_length_ends_with_the_input(self):
        self.assert_prints("a_response_without_a_length_ends_with_the_input.mjs")

    def test_on_headers_may_say_that_there_is_no_body(self):
        out = self.lines("on_headers_may_say_that_there_is_no_body.mjs")
        self.assertEqual(out, ["end", "end"])

    def test_chunks_and_pipelines(self):
        self.assert_prints("chunks_and_pipelines.mjs")

    def test_every_split_gives_the_same(self):
        self.assert_prints("every_split_gives_the_same.mjs")

    def test_heads_that_do_not_fit_are_errors(self):
        first = "error 24 HPE_USER: the head of the message does not fit the work buffer of "
        second = "error -1 the head of the request does not fit the work buffer of "
        fits = rf'headers 1 1 1 0 1 | /{"u" * 77} | "H: v\r\n"'
        expected = []
        for message in (first, second):
            for size in (100, 100, 15, 1 << 20, 1 << 20):
                expected += [f"{message}{size} bytes", "false"]
            expected += [fits, "end", "true"]
        self.assertEqual(self.lines("heads_that_do_not_fit_are_errors.mjs"), expected)

    def test_errors(self):
        self.assert_prints("errors.mjs")

    def test_pause_and_resume(self):
        self.assert_prints("pause_and_resume.mjs")

    def test_reset_in_a_callback_gives_the_rest_up(self):
        self.assert_prints("reset_in_a_callback_gives_the_rest_up.mjs")

    def test_misuse(self):
        both = [
            "RangeError: execute: length 1 at offset 0 is outside the buffer of 0 bytes",
            "Error: reset: setup(readBuf, workBuf) comes first",
            "TypeError: setup: the work buffer must be a Buffer with memory, an ArrayBuffer or a typed array",
            "TypeError: setup: the work buffer must not be a resizable ArrayBuffer",
            "TypeError: reset: the socket must be a Socket",
            "TypeError: reset: the socket must be a Socket",
            "RangeError: execute: length 65 at offset 0 is outside the buffer of 64 bytes",
            "RangeError: execute: length -1 at offset 0 is outside the buffer of 64 bytes",
            "RangeError: execute: length NaN and offset 0 must be whole numbers of bytes",
            "TypeError: onHeaders: the callback must be a function",
            "TypeError: Class constructor %s cannot be invoked without 'new'",
            "TypeError: Illegal invocation",
            "Error: execute: the parser runs already; this is one of its callbacks",
            "Error: mine",
            "end", "end", "36",
            "true",
        ]
        expected = []
        for name in ("HTTPParser", "PicoHTTPParser"):
            expected += [line % name if "%s" in line else line for line in both]
        expected.append("RangeError: reset: mode 2 is not a whole number from 0 to 1")
        self.assertEqual(self.lines("misuse.mjs"), expected)

    def test_pico_is_strict(self):
        text = "error -1 the request cannot be read: "
        reasons = [
            "the method is no token", "the target is empty or has control characters", "the version is not HTTP/1.0 or HTTP/1.1",
            "the target is empty or has control characters", "a header's name is no token", "a header's name is no token",
            "a header's value has control characters", "Content-Length is no number, or is there twice",
            "Content-Length is no number, or is there twice", "its body is chunked; dv8:httpParser reads these",
            "Transfer-Encoding is not chunked alone", "there are more than 128 headers",
        ]
        self.assertEqual(self.lines("pico_is_strict.mjs"), [line for reason in reasons for line in (text + reason, "false")])




class FormsTest(e2e.TestCase):
    def test_the_modules_are_had_in_every_way(self):
        names = {"httpParser": "HTTPParser", "picoHttpParser": "PicoHTTPParser", "libz": "ZLib", "openssl": "SecureSocket"}
        for name, wanted in names.items():
            source = f"for (const all of [module('{name}', {{}}), library('{name}', {{}}), require('{name}')]) console.log(typeof all.{wanted});"
            self.assertEqual(e2e.run([self.pack_source(source, "--env=core")]).out, "function\n" * 3, name)
        imports = "".join(f"import {{ {wanted} }} from 'dv8:{name}'; console.log(typeof {wanted});" for name, wanted in names.items())
        self.assertEqual(e2e.run([self.pack_source(imports, name="main.mjs")]).out, "function\n" * 4)


class SocketTest(Base):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_program("server.mjs")

    def start(self, kind):
        process = subprocess.Popen([self.app, kind], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, int(process.stdout.readline())

    def ask(self, port, data, pieces=1):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            for i in range(pieces):
                peer.sendall(data[i * len(data) // pieces : (i + 1) * len(data) // pieces])
            with contextlib.suppress(OSError):  # The server may be done with it already.
                peer.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := peer.recv(65536):
                answer += piece
        return answer.decode("latin1")

    def answer(self, text):
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}"

    def test_curl_pipelines_and_errors(self):
        for kind in ("llhttp", "pico"):
            with self.subTest(kind):
                process, port = self.start(kind)
                base = f"http://127.0.0.1:{port}"
                # Two requests on one connection.
                result = e2e.run(["curl", "-sv", f"{base}/a", f"{base}/b", "-d", "x=1"])
                self.assertEqual(result.out, "/a x=1\n/b x=1\n", result)
                self.assertEqual(result.err.count("Connected to"), 1, result.err)
                large = "y" * 100000
                self.assertEqual(e2e.run(["curl", "-s", "--data-binary", "@-", "-H", "Expect:", base], stdin=large).out, f"/ {large}\n")
                get = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
                pipeline = b"".join(get % i for i in range(500))
                expected = "".join(self.answer(f"/{i} \n") for i in range(500))
                self.assertEqual(self.ask(port, pipeline), expected)
                self.assertEqual(self.ask(port, get % 1, pieces=20), self.answer("/1 \n"))
                self.assertIn("400 Bad", self.ask(port, b"G@T / HTTP/1.1\r\n\r\n"))
                # It comes in one read: a close before all is read would cut the answer too.
                self.assertIn("400 Bad", self.ask(port, b"GET / HTTP/1.1\r\nA: " + b"b" * 3000 + b"\r\n\r\n"))
                # What follows a close in a callback is not answered.
                self.assertEqual(self.ask(port, b"GET /close HTTP/1.1\r\n\r\n" + get % 2), self.answer("/close \n"))
                # A callback that throws ends in the program's handler; the next request is read.
                self.assertEqual(self.ask(port, b"GET /throw HTTP/1.1\r\n\r\n" + get % 3), self.answer("/3 \n"))
                self.assertEqual(process.stdout.readline(), "uncaught thrown\n")
                self.assertEqual(self.ask(port, b"GET /quit HTTP/1.1\r\n\r\n"), self.answer("/quit \n"))
                self.assertEqual(process.wait(20), 0)

    def test_pause_and_upgrade(self):
        _, port = self.start("llhttp")
        get = b"GET /after HTTP/1.1\r\n\r\n"
        self.assertEqual(self.ask(port, b"GET /pause HTTP/1.1\r\n\r\n" + get), self.answer("/pause \n") + self.answer("/after \n"))
        upgrade = b"GET /u HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
        self.assertEqual(self.ask(port, upgrade + b"next"), self.answer("/u \n") + "raw next")

    def test_shutdown_in_a_callback(self):
        # The second request is not told any more.
        for kind in ("HTTPParser", "PicoHTTPParser"):
            self.assertEqual(self.lines("shutdown_in_a_callback.mjs", args=[kind]), ["shut"], kind)

    def test_parsers_and_sockets_are_collected(self):
        self.assert_prints("parsers_and_sockets_are_collected.mjs", "--v8-flags=--expose-gc")


if __name__ == "__main__":
    e2e.main()
