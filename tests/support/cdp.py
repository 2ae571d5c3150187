"""A client of Chrome DevTools' protocol over a WebSocket (RFC 6455), with nothing but Python's own library."""

import base64
import hashlib
import json
import os
import socket
import struct


def http_get(port, target, host=None):
    """(status, body) of one request."""
    with socket.create_connection(("127.0.0.1", port), 10) as peer:
        peer.sendall(f"GET {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n\r\n".encode())
        answer = b""
        while chunk := peer.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


class Client:
    """One session. Events that nobody has taken yet wait in `events`."""

    def __init__(self, url):
        place, _, target = url.removeprefix("ws://").partition("/")
        host, _, port = place.rpartition(":")
        self.peer = socket.create_connection((host.strip("[]"), int(port)), 20)
        self.peer.settimeout(20)
        self.data = b""
        self.events = []
        self.last = 0
        key = base64.b64encode(os.urandom(16)).decode()
        self.peer.sendall(
            f"GET /{target} HTTP/1.1\r\nHost: {place}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.data:
            self._more()
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            self.peer.close()
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        assert head.startswith(b"HTTP/1.1 101 ") and accept in head, head

    def close(self):
        self.peer.close()

    def call(self, method, **params):
        """The result; an AssertionError with the protocol's error."""
        self.last += 1
        self.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while True:
            message = self.receive()
            if message.get("id") == self.last:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def wait_for(self, method, matches=lambda params: True):
        """The parameters of the first event of that name."""
        while True:
            for i, message in enumerate(self.events):
                if message.get("method") == method and matches(message["params"]):
                    del self.events[i]
                    return message["params"]
            self.events.append(self.receive())

    def send(self, text, pieces=1):
        data = text.encode()
        size = max(1, (len(data) + pieces - 1) // pieces)
        parts = [data[i : i + size] for i in range(0, len(data), size)]
        for i, part in enumerate(parts):
            first = (0x80 if i == len(parts) - 1 else 0) | (1 if i == 0 else 0)
            self.send_frame(first, part)

    def send_frame(self, first, data, mask=b"\x12\x34\x56\x78"):
        length = len(data)
        head = bytes([first])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", length)
        self.peer.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive(self):
        kind, payload = self.receive_frame()
        assert kind == 1, (kind, payload)
        return json.loads(payload)

    def receive_frame(self):
        first, length = self._take(2)
        assert length < 128, "a server does not mask"
        if length == 126:
            (length,) = struct.unpack(">H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._take(8))
        return first & 15, self._take(length)

    def _take(self, count):
        while len(self.data) < count:
            self._more()
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def _more(self):
        chunk = self.peer.recv(65536)
        if not chunk:
            raise EOFError("the server has closed the connection")
        self.data += chunk


DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class SourceMap:
    """A source map's way from original places to generated ones, as DevTools goes it. All from 0."""

    def __init__(self, url):
        head, _, body = url.partition(",")
        assert head == "data:application/json;base64", head
        self.json = json.loads(base64.b64decode(body))
        self.places = []
        source = line = column = 0
        for generated_line, text in enumerate(self.json["mappings"].split(";")):
            generated_column = 0
            for segment in filter(None, text.split(",")):
                values = self._decode(segment)
                generated_column += values[0]
                if len(values) >= 4:
                    source, line, column = source + values[1], line + values[2], column + values[3]
                    self.places.append((self.json["sources"][source], line, column, generated_line, generated_column))

    @staticmethod
    def _decode(segment):
        values, value, shift = [], 0, 0
        for char in segment:
            digit = DIGITS.index(char)
            value |= (digit & 31) << shift
            shift += 5
            if not digit & 32:
                values.append(-(value >> 1) if value & 1 else value >> 1)
                value = shift = 0
        return values

    def generated(self, source, line):
        """(line, column) of the first code of an original line."""
        found = min((c, gl, gc) for s, l, c, gl, gc in self.places if s.endswith(source) and l == line)
        return found[1:]

    def original(self, line, column):
        """(source, line) of the nearest mapping before a generated place."""
        found = max((gl, gc, s, l) for s, l, c, gl, gc in self.places if gl == line and gc <= column)
        return os.path.basename(found[2]), found[3]
