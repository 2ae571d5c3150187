#!/usr/bin/env python3
"""Packed programs and peers that send what no peer should: HTTP/2 frames, TLS records (as a server and as a client),
certificates and keys. An error is right; a signal, an internal error or a server that answers nobody else is a finding.

wire_fuzz.py [--seed N] [--cases N]
"""

import argparse
import os
import random
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# GET http / with :authority a; POST; a literal that is indexed; a size update of the table.
BLOCKS = [bytes.fromhex(text) for text in ("828684410161", "838684410161", "828684400178017982", "3fe1ff03828684410161", "be", "00ff")]
ALERT, HANDSHAKE = 21, 22


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream & 0x7FFFFFFF) + payload


def frames(rng):
    """Some frames, most of them nearly right."""
    out = [frame(4, 0, 0, b"")] if rng.random() < 0.9 else []
    stream = 1
    for _ in range(rng.randrange(1, 30)):
        kind = rng.choice((0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 12, 16, rng.randrange(256)))
        flags = rng.choice((0, 1, 4, 5, 8, 0x20, 0x2D, rng.randrange(256)))
        target = rng.choice((0, stream, stream, stream, stream + 2, stream + 2, 2, 2**31 - 1))
        if kind in (1, 9):
            payload = rng.choice(BLOCKS)
            if kind == 1 and rng.random() < 0.7:
                stream, target = stream + 2, stream + 2
        elif kind == 4:
            payload = b"".join(struct.pack(">HI", rng.randrange(10), rng.choice((0, 1, 65535, 2**31 - 1, 2**32 - 1))) for _ in range(rng.randrange(5)))
        elif kind in (3, 8):
            payload = struct.pack(">I", rng.choice((0, 1, 8, 2**31 - 1, 2**32 - 1)))
        elif kind in (2, 5, 6, 7):
            payload = rng.randbytes(rng.choice((4, 5, 8, 8, 12)))
        else:
            payload = rng.randbytes(rng.choice((0, 1, 9, 200, 16384)))
        if rng.random() < 0.15:
            payload += rng.randbytes(rng.randrange(4))
        data = bytearray(frame(kind, flags, target, payload))
        if rng.random() < 0.1:
            data[rng.randrange(min(9, len(data)))] ^= 1 << rng.randrange(8)
        out.append(bytes(data))
    return b"".join(out)


def spoiled(rng, data):
    """TLS records with something changed."""
    data = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        if not data:
            break
        how = rng.randrange(6)
        at = rng.randrange(len(data))
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at : at + 2] = rng.randbytes(2)
        elif how == 2:
            del data[at:]
        elif how == 3:
            data[at:at] = rng.randbytes(rng.randrange(1, 20))
        elif how == 4:
            data += bytes([rng.choice((20, ALERT, HANDSHAKE, 23, 24, 0, 255)), 3, 3]) + struct.pack(">H", rng.choice((0, 1, 2, 40, 16640, 65535))) + rng.randbytes(rng.randrange(60))
        else:
            del data[at : at + rng.randrange(1, 40)]
    return bytes(data)


def receive(peer, seconds=0.05):
    peer.settimeout(seconds)
    try:
        return peer.recv(65536)
    except (TimeoutError, ConnectionError):
        return b""


def speak_tls(rng, peer, context, server_side):
    """A handshake, and something behind it, of which all is spoiled from some flight on."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_side=server_side)
    if server_side:
        incoming.write(receive(peer, 5))
    bad = rng.randrange(4)
    done = False
    for flight in range(6):
        try:
            if not done:
                session.do_handshake()
                done = True
            session.write(rng.choice((b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", PREFACE + frames(rng), frames(rng))))
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            return
        data = outgoing.read()
        peer.sendall(spoiled(rng, data) if flight >= bad else data)
        answer = receive(peer)
        if not answer:
            return
        incoming.write(answer)


def make_certificates(folder):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    extensions = ["-addext", "subjectAltName=DNS:a.example,IP:127.0.0.1,email:a@example,URI:http://a,DNS:*.b", "-addext", "authorityInfoAccess=OCSP;URI:http://o"]
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost", *extensions, "-keyout", "ec.key", "-out", "ec.crt")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=a/O=b/emailAddress=c@d", *extensions, "-keyout", "rsa.key", "-out", "rsa.crt")
    openssl("genpkey", "-algorithm", "ed25519", "-out", "ed.key")
    for name in ("ec", "rsa", "ed"):
        openssl("pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
    with open(os.path.join(folder, "server.pem"), "w", encoding="utf-8") as file:
        for name in ("ec.key", "ec.crt"):
            with open(os.path.join(folder, name), encoding="utf-8") as part:
                file.write(part.read())
    return [os.path.join(folder, name) for name in ("ec.crt", "rsa.crt", "ec.key", "rsa.key", "ed.key", "ec.pub", "rsa.pub", "ed.pub")]


class Program:
    """A packed program, and what it must not say."""

    def __init__(self, app, *arguments):
        self.process = subprocess.Popen([app, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=e2e.CLEAN_ENV)

    def fail(self, what):
        self.process.kill()
        _, err = self.process.communicate()
        sys.exit(f"{what} (exit code {self.process.returncode})\n{err[-4000:]}")

    def end(self, what, wanted=0):
        _, err = self.process.communicate(timeout=120 * e2e.patience())
        if self.process.returncode != wanted or re.search("Sanitizer|CHECK|Fatal", err):
            sys.exit(f"{what}: exit code {self.process.returncode}\n{err[-4000:]}")


def pack(folder, name):
    app = os.path.join(folder, name)
    subprocess.run([e2e.dv8pack(), e2e.repo(f"tests/fuzz/wire/{name}.js"), "-o", app], check=True)
    return app


def fuzz_server(folder, seed, cases):
    program = Program(pack(folder, "server"), os.path.join(folder, "server.pem"))
    clear, secure = map(int, program.process.stdout.readline().split())
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for case in range(cases):
        rng = random.Random(f"server {seed} {case}")
        context.set_alpn_protocols(["h2"] if rng.random() < 0.5 else ["http/1.1"])
        try:
            with socket.create_connection(("127.0.0.1", clear if case % 2 else secure), 10) as peer:
                if case % 2:
                    data = (PREFACE if rng.random() < 0.95 else rng.randbytes(24)) + frames(rng)
                    cut = rng.randrange(len(data))
                    peer.sendall(data[:cut])
                    peer.sendall(data[cut:])
                    receive(peer, 0.02)
                else:
                    speak_tls(rng, peer, context, False)
        except ConnectionError:
            pass
        if program.process.poll() is not None:
            program.fail(f"server, seed {seed}, case {case}: it has ended")
        if case % 50 == 49:
            for url, option in ((f"http://127.0.0.1:{clear}/", "--http2-prior-knowledge"), (f"https://127.0.0.1:{secure}/", "--http2")):
                asked = subprocess.run(["curl", "-sk", option, "-m", "20", url], capture_output=True, text=True, check=False)
                if asked.stdout != "hello":
                    program.fail(f"server, seed {seed}, by case {case}: {url} is not answered: {asked}")
    program.process.terminate()
    program.end("server", -15)


def fuzz_client(folder, seed, cases):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "server.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]

    def serve(listener, is_tls):
        for case in range(cases):
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            rng = random.Random(f"client {seed} {is_tls} {case}")
            with peer:
                try:
                    if is_tls:
                        speak_tls(rng, peer, context, True)
                    else:
                        receive(peer, 5)
                        peer.sendall(frames(rng))
                        receive(peer, 0.02)
                except (ConnectionError, TimeoutError):
                    pass

    threads = [threading.Thread(target=serve, args=(listener, index == 0), daemon=True) for index, listener in enumerate(listeners)]
    for thread in threads:
        thread.start()
    ports = [str(listener.getsockname()[1]) for listener in listeners]
    Program(pack(folder, "client"), *ports, str(cases)).end(f"client, seed {seed}")
    for listener in listeners:
        listener.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--cases", type=int, default=2000)
    arguments = parser.parse_args()
    folder = e2e.scratch("wire")
    files = make_certificates(folder)
    start = time.monotonic()
    Program(pack(folder, "keys"), str(arguments.seed), str(arguments.cases), *files).end(f"keys, seed {arguments.seed}")
    fuzz_server(folder, arguments.seed, arguments.cases)
    fuzz_client(folder, arguments.seed, arguments.cases)
    print(f"seed {arguments.seed}: {arguments.cases} cases each, {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
