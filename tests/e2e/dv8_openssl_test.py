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

PRELUDE = """
import { Hash, Hmac, SecureContext, SecureSocket, SERVER, CLIENT } from 'dv8:openssl';
import { Socket, TCP } from 'dv8:socket';
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(`${e.name}: ${e.message}`); } };
"""

# main.js <algorithm> [key]: the sum of stdin, 1000 bytes at a time.
SUM = PRELUDE + """
import { readFileSync } from 'node:fs';
const [algorithm, key] = process.argv.slice(2);
const source = readFileSync(0), input = new Uint8Array(1000), output = Buffer.alloc(64);
const sum = key === undefined ? new Hash() : new Hmac();
key === undefined ? sum.setup(algorithm, input, output) : sum.setup(algorithm, key, input, output);
for (let turn = 0; turn < 2; turn++) {
  sum.create();
  for (let at = 0; at < source.length; at += 1000) {
    const piece = source.subarray(at, at + 1000);
    input.set(piece);
    sum.update(piece.length);
  }
  const size = sum.digest();
  console.log(output.toString('hex', 0, size));
}
sum.free(); sum.free();
"""


class DigestTest(e2e.TestCase):
    def test_sums_are_those_of_pythons(self):
        app = self.pack_source(SUM, name="main.mjs")
        for data in (b"", b"abc", bytes(range(256)) * 500):
            for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256", "blake2b512"):
                expected = hashlib.new(name.replace("sha3-", "sha3_").replace("blake2b512", "blake2b"), data).hexdigest()
                self.assertEqual(e2e.run([app, name], stdin=data).out, f"{expected}\n" * 2, name)
            for key in ("k", "long" * 100, ""):
                expected = hmac.new(key.encode(), data, "sha256").hexdigest()
                self.assertEqual(e2e.run([app, "sha256", key], stdin=data).out, f"{expected}\n" * 2)

    def test_sides(self):
        self.assertEqual(e2e.run([self.pack_source(PRELUDE + "console.log(SERVER, CLIENT);", name="main.mjs")]).out, "0 1\n")

    def test_misuse(self):
        source = PRELUDE + """
        const input = new Uint8Array(10), output = new Uint8Array(32);
        const h = new Hash(), m = new Hmac();
        attempt(() => h.create());
        attempt(() => h.update(0));
        attempt(() => h.digest());
        attempt(() => h.setup('nonesuch', input, output));
        attempt(() => h.setup('sha256', input));
        attempt(() => m.setup('sha256', {}, input, output));
        h.setup('sha256', input, output);
        attempt(() => h.update(1));
        attempt(() => h.create(11));
        h.create(10);
        attempt(() => h.update(11));
        attempt(() => h.update(-1));
        attempt(() => h.digest());
        attempt(() => h.digest());
        h.setup('sha512', input, output);
        h.create();
        attempt(() => h.digest());
        h.free();
        attempt(() => h.create());
        m.setup('sha256', 'key', input, output);
        m.create(1);
        m.free();
        attempt(() => m.create());
        attempt(() => m.digest());
        attempt(() => Hash.prototype.update.call(m, 1));
        attempt(() => Hash.prototype.update.call({}, 1));
        for (let i = 0; i < 10000; i++) { const x = new Hash(); x.setup('sha512', input, output); x.create(10); }
        """
        result = e2e.run([self.pack_source(source, name="main.mjs")])
        self.assertEqual((result.code, result.out), (0, DIGEST_MISUSE), result)


DIGEST_MISUSE = """Error: create: setup() comes first
Error: update: create() comes first
Error: digest: create() comes first
TypeError: Hash: there is no algorithm "nonesuch"
TypeError: setup: output must be a Buffer with memory, an ArrayBuffer or a typed array
TypeError: setup: key must be a Buffer with memory, an ArrayBuffer or a typed array
Error: update: create() comes first
RangeError: create: length 11 at offset 0 is outside the buffer of 10 bytes
RangeError: update: length 11 at offset 0 is outside the buffer of 10 bytes
RangeError: update: length -1 at offset 0 is outside the buffer of 10 bytes
32
Error: digest: create() comes first
RangeError: digest: 64 bytes do not fit the buffer of 32 bytes
Error: create: setup() comes first
Error: create: setup() comes first
Error: digest: create() comes first
RangeError: update: length 1 at offset 0 is outside the buffer of 0 bytes
TypeError: Cannot read private member #input from an object whose class did not declare it
"""

# main.js server <folder> [<other certificate for other.test>]: an echo; prints its port.
# main.js client <port> <ca or "-"> <host or "-"> <bytes> [no-verify]
PEERS = PRELUDE + """
const [side, ...args] = process.argv.slice(2);
if (side === 'server') {
  const [certificate, other, ca] = args;
  const context = new SecureContext();
  const rc = context.setup(SERVER, `${certificate}.crt`, `${certificate}.key`, undefined, ca ? { ca, verify: true } : {});
  if (rc !== 0) throw new Error('context ' + rc);
  let second = null;
  if (other && other !== '-') {
    second = new SecureContext();
    if (second.setup(SERVER, `${other}.crt`, `${other}.key`) !== 0) throw new Error('second');
  }
  const server = new Socket(TCP);
  server.onConnect(() => {
    const socket = new Socket(TCP);
    socket.setup(new Uint8Array(20000), new Uint8Array(20000));
    const memory = Buffer.alloc(65536);
    socket.setup(memory, memory);
    const secure = new SecureSocket();
    secure.setup(context, socket);
    secure.onHost((name) => (name === 'refused.test' ? false : name === 'other.test' ? second : name === 'throws.test' ? (() => { throw new Error('host'); })() : undefined));
    secure.onRead((n) => {
      if (n === 5 && memory.toString('latin1', 0, 4) === 'quit') { secure.finish(); socket.close(); server.close(); return; }
      // A slow peer: what waits must be written before more is read.
      if (secure.write(n) === 0) secure.pause();
    });
    secure.onWrite(() => secure.resume());
    secure.onEnd(() => { secure.finish(); socket.close(); });
    secure.onError((n, message) => { console.log(`error ${message}`); socket.close(); });
    socket.onEnd(() => socket.close());
    secure.start();
    return socket;
  });
  process.on('uncaughtException', (e) => console.log(`uncaught ${e.message}`));
  server.listen('127.0.0.1', 0);
  console.log(server.portNumber());
} else {
  const [port, ca, host, bytes, certificate, verify] = args;
  const context = new SecureContext();
  const own = certificate && certificate !== '-' ? [`${certificate}.crt`, `${certificate}.key`] : [undefined, undefined];
  const rc = context.setup(CLIENT, ...own, undefined, { ca: ca === '-' ? undefined : ca, verify: verify !== 'no-verify' });
  if (rc !== 0) throw new Error('context ' + rc);
  const socket = new Socket(TCP), memory = Buffer.alloc(65536), out = Buffer.alloc(65536, 'x');
  socket.setup(memory, out);
  const secure = new SecureSocket();
  const total = Number(bytes);
  let got = 0, sent = 0;
  const send = () => {
    while (sent < total) {
      const size = Math.min(total - sent, out.length);
      sent += size;
      const rc = secure.write(size);
      if (rc < 0) throw new Error('write ' + rc);
      if (rc === 0) return;
    }
  };
  secure.onSecure(() => { console.log(secure.protocol()); send(); if (total === 0) { secure.finish(); socket.close(); } });
  secure.onWrite(() => { if (sent < total) send(); });
  secure.onRead((n) => {
    got += n;
    for (let i = 0; i < n; i++) if (memory[i] !== 120) throw new Error('other bytes');
    if (got === total) { console.log(`got ${got}`); secure.finish(); socket.close(); }
  });
  secure.onError((n, message) => { console.log(`error ${n} ${message}`); socket.close(); });
  socket.onEnd(() => socket.close());
  socket.onError((n, message) => console.log(`socket ${message}`));
  socket.onConnect(() => {
    attempt(() => { secure.setup(context, socket, host === '-' ? undefined : host); return secure.start(); });
  });
  socket.connect('127.0.0.1', Number(port));
}
"""


class TlsTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_source(PEERS, name="main.mjs")
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

    def in_one_program(self, source):
        """The output of a program with both ends: x over the socket a is the server, y over b the client."""
        result = e2e.run([self.pack_source(PRELUDE + """
        import { gc, shutdown } from 'dv8:core';
        const f = process.argv[2];
        const server = new SecureContext(), client = new SecureContext();
        server.setup(SERVER, `${f}/good.crt`, `${f}/good.key`);
        client.setup(CLIENT, undefined, undefined, undefined, { ca: `${f}/ca.crt` });
        const a = new Socket(TCP), b = new Socket(TCP), x = new SecureSocket(), y = new SecureSocket();
        const read = Buffer.alloc(4096), out = Buffer.from('abcdef');
        b.open(a.open());
        a.setup(read, Buffer.alloc(4096)); b.setup(Buffer.alloc(4096), out);
        for (const s of [a, b]) s.onEnd(() => s.close());
        x.setup(server, a); y.setup(client, b, 'good.test');
        const begin = () => { x.start(); y.start(); a.resume(); b.resume(); };
        """ + source, "--v8-flags=--expose-gc", name="main.mjs"), self.folder])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out

    def test_a_write_begins_at_an_offset(self):
        self.assertEqual(self.in_one_program("""
        x.onRead((n) => { console.log(read.toString('latin1', 0, n)); x.finish(); y.finish(); a.close(); b.close(); });
        y.onSecure(() => { y.write(3, 2); });
        begin();
        """), "cde\n")

    def test_shutdown_in_a_callback(self):
        self.assertEqual(self.in_one_program("""
        x.onRead(() => { shutdown(); console.log('shut', x.write(1), y.write(1)); });
        y.onSecure(() => { y.write(3); });
        setInterval(() => {}, 1000);
        begin();
        """), "shut -9 -9\n")

    def test_dropped_ones_are_collected(self):
        self.assertEqual(self.in_one_program("""
        x.finish(); y.finish(); a.close(); b.close();
        let freed = 0, turns = 0;
        const registry = new FinalizationRegistry(() => { freed++; });
        const make = () => {
          const context = new SecureContext(), secure = new SecureSocket(), hash = new Hash();
          context.setup(CLIENT, undefined, undefined, undefined, { ca: `${f}/ca.crt` });
          secure.setup(context, new Socket(TCP), 'host');
          hash.setup('sha256', read, read); hash.create(1);
          for (const one of [context, secure, hash]) registry.register(one, 1);
        };
        for (let i = 0; i < 20; i++) make();
        const wait = () => { gc(); if (freed < 57 && turns++ < 100) setTimeout(wait, 10); else console.log(freed >= 57); };
        setTimeout(wait, 1);
        """), "true\n")

    def test_contexts_say_what_is_wrong(self):
        encrypted = self.path("encrypted.key")
        subprocess.run(["openssl", "ec", "-in", self.path("good.key"), "-aes128", "-passout", "pass:secret", "-out", encrypted], check=True, capture_output=True)
        source = PRELUDE + """
        import { readFileSync } from 'node:fs';
        const f = process.argv[2];
        const c = new SecureContext();
        const setup = (...args) => attempt(() => c.setup(...args));
        setup(SERVER, `${f}/none.crt`, `${f}/good.key`);
        setup(SERVER, `${f}/good.key`, `${f}/good.key`);
        setup(SERVER, `${f}/good.crt`, `${f}/none.key`);
        setup(SERVER, `${f}/good.crt`, `${f}/other.key`);
        setup(SERVER, `${f}/good.crt`, `${f}/encrypted.key`);
        setup(SERVER, `${f}/good.crt`, `${f}/good.key`, `${f}/none.crt`);
        setup(SERVER, `${f}/good.crt`, `${f}/good.key`, `${f}/ca.crt`);
        setup(CLIENT, undefined, undefined, undefined, { ca: 'nonsense' });
        setup(SERVER, readFileSync(`${f}/good.crt`), readFileSync(`${f}/good.key`, 'utf8'));
        setup(CLIENT);
        setup(2);
        setup(SERVER, 7);
        setup(SERVER, 'a\\0b');
        """
        result = e2e.run([self.pack_source(source, name="main.mjs"), self.folder])
        expected = "4\n4\n5\n5\n5\n6\n0\n7\n0\n0\nRangeError: setup: side 2 is not a whole number from 0 to 1\nTypeError: setup: certificate must be a Buffer with memory, an ArrayBuffer or a typed array\n4\n"
        self.assertEqual((result.code, result.out), (0, expected), result)

    def test_misuse(self):
        source = PRELUDE + """
        const f = process.argv[2];
        const context = new SecureContext(), empty = new SecureContext(), secure = new SecureSocket();
        context.setup(CLIENT);
        const socket = new Socket(TCP);
        attempt(() => secure.start());
        attempt(() => secure.write(1));
        attempt(() => secure.setup());
        attempt(() => secure.setup(context, {}));
        attempt(() => secure.setup(socket, socket));
        attempt(() => secure.setup(empty, socket, 'x'));
        attempt(() => secure.setup(context, socket));
        attempt(() => secure.setup(Object.setPrototypeOf(new Socket(TCP), SecureContext.prototype), socket, 'x'));
        attempt(() => secure.onRead(1));
        attempt(() => SecureSocket.prototype.start.call(socket));
        secure.setup(context, socket, 'host');
        attempt(() => secure.setup(context, socket, 'host'));
        context.finish(); context.finish();
        attempt(() => new SecureSocket().setup(context, new Socket(TCP), 'host'));
        socket.setup(new Uint8Array(10), new Uint8Array(10));
        attempt(() => secure.write(11));
        attempt(() => secure.write(5, 6));
        attempt(() => secure.protocol());
        secure.finish(); secure.finish();
        attempt(() => secure.write(1));
        attempt(() => secure.resume());

        // Both ends in one process: callbacks that finish, throw and write from within.
        const server = new SecureContext();
        server.setup(SERVER, `${f}/good.crt`, `${f}/good.key`);
        const client = new SecureContext();
        client.setup(CLIENT, undefined, undefined, undefined, { ca: `${f}/ca.crt` });
        process.on('uncaughtException', (e) => console.log('uncaught', e.message));
        const run = (name, inServer, inClient, then) => {
          const a = new Socket(TCP), b = new Socket(TCP);
          const fd = a.open();
          b.open(fd);
          for (const s of [a, b]) { s.setup(new Uint8Array(4096), new Uint8Array(4096)); s.onEnd(() => s.close()); }
          let open = 2;
          for (const s of [a, b]) s.onClose(() => { if (--open === 0) { console.log(name, 'closed'); then?.(); } });
          const x = new SecureSocket(), y = new SecureSocket();
          x.setup(server, a);
          y.setup(client, b, 'good.test');
          inServer(x, a);
          inClient(y, b);
          x.start(); y.start();
          a.resume(); b.resume();
        };
        const quiet = () => {};
        run('finish in onSecure', (x, a) => x.onSecure(() => { x.finish(); a.close(); }), (y, b) => y.onEnd(() => b.close()), () =>
        run('close in onHost', (x, a) => { x.onHost(() => { x.finish(); a.close(); }); }, (y, b) => y.onError((n, m) => console.log(m)), () =>
        run('throw in onRead', (x, a) => { x.onRead(() => { throw new Error('read'); }); x.onEnd(() => a.close()); },
          (y, b) => { y.onSecure(() => { y.write(10); y.finish(); b.close(); }); }, () =>
        run('a write before the handshake', (x, a) => x.onRead((n) => { console.log('read', n); x.finish(); a.close(); }),
          (y, b) => { setTimeout(() => {}, 1); const start = y.start; y.write(7); y.write(3); }, () =>
        run('nobody hears of the error', (x, a) => { a.writeText('nonsense that is no TLS at all'); }, quiet)))));
        """
        result = e2e.run([self.pack_source(source, name="main.mjs"), self.folder])
        self.assertEqual((result.code, result.out), (0, TLS_MISUSE), result)


TLS_MISUSE = """-9
-9
TypeError: setup: a SecureContext and a Socket are needed
TypeError: setup: a SecureContext and a Socket are needed
TypeError: setup: a SecureContext and a Socket are needed
Error: setup: the context is not set up, or the name of the host is none
Error: setup: a client that verifies needs the name of the host
TypeError: setup: a SecureContext and a Socket are needed
TypeError: onRead: the callback must be a function
TypeError: Illegal invocation
Error: setup: this SecureSocket was set up before
Error: setup: the context is not set up, or the name of the host is none
RangeError: write: length 11 at offset 0 is outside the buffer of 10 bytes
RangeError: write: length 5 at offset 6 is outside the buffer of 10 bytes
undefined
-9
-9
finish in onSecure closed
the peer ended during the handshake
close in onHost closed
uncaught read
throw in onRead closed
read 10
a write before the handshake closed
nobody hears of the error closed
"""


if __name__ == "__main__":
    e2e.main()
