#!/usr/bin/env python3
"""dv8's tty and socket: the write rule, the counters, both vintages, and what goes wrong."""

import contextlib
import hashlib
import json
import os
import pty
import resource
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

GIGABYTE = 1 << 30

PIPE = """
const { TTY } = module('tty', {});
const buffer = new Buffer().alloc(65536);
const stdin = new TTY(0), stdout = new TTY(1);
stdin.setup(buffer);
stdout.setup(buffer);
stdin.onRead((length) => {
  stdout.write(length);
  if (stdout.queueSize() > 0) stdin.pause();
});
stdout.onDrain(() => stdin.resume());
stdin.onEnd(() => { stdin.close(); stdout.close(); });
stdout.onClose(() => {
  const counts = [stdin, stdout].map((stream) => {
    const slots = new BigUint64Array(20);
    stream.stats(slots);
    return Array.from(slots, Number);
  });
  print(JSON.stringify(counts));
});
stdin.resume();
"""

ECHO = """
const { Socket, TCP, UNIX } = module('socket', {});
const server = new Socket(args[2] === 'tcp' ? TCP : UNIX);
let first;
server.onConnect((fd) => {
  const buffer = new Buffer().alloc(65536);
  const peer = new Socket(args[2] === 'tcp' ? TCP : UNIX);
  %s
  peer.onRead((length) => {
    peer.write(length);
    if (peer.queueSize() > 0) peer.pause();
  });
  peer.onDrain(() => peer.resume());
  peer.onEnd(() => peer.close());
  peer.onClose(() => {
    const slots = new BigUint64Array(20);
    peer.stats(slots);
    print(JSON.stringify([Array.from(slots, Number), Array.from(slots, Number)]));
    server.close();
  });
  %s
});
const rc = args[2] === 'tcp' ? server.listen('127.0.0.1', 0) : server.listen(args[2]);
console.log(rc, server.portNumber());
"""
VINTAGES = {
    "5": ("peer.setup(fd, buffer, buffer);", "peer.resume();"),
    "9": ("peer.setup(buffer, buffer);", "return peer;"),
}


def holds(test, counts):
    """dv8's invariants over what was read by one stream and written by another."""
    (read, written) = counts
    test.assertEqual(read[2], written[10], "bytes read and written")
    test.assertEqual(written[11] + written[12] + written[17], read[4], "every read is one write")
    test.assertEqual(read[3], read[5] - 1, "pauses and resumes")
    test.assertEqual(written[15], written[16], "copies made and freed")
    test.assertEqual((read[6], read[0], written[0]), (1, 1, 1), "ends and closes")


class TtyTest(e2e.TestCase):
    def run_pipe(self, app, size, slow):
        """Sends `size` bytes through and gives the counters; `slow` makes a reader that falls behind."""
        block = os.urandom(1 << 20)
        sent, got = hashlib.md5(), hashlib.md5()
        process = subprocess.Popen([app], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)

        def feed():
            for _ in range(size >> 20):
                sent.update(block)
                process.stdin.write(block)
            process.stdin.close()

        thread = threading.Thread(target=feed)
        thread.start()
        total = 0
        while data := process.stdout.read1(1 << 20):
            got.update(data)
            total += len(data)
            if slow and total < 16 << 20:
                time.sleep(0.001)
        thread.join()
        error = process.stderr.read().decode()
        self.assertEqual(process.wait(30), 0, error)
        for stream in (process.stdout, process.stderr):
            stream.close()
        self.assertEqual((total, got.hexdigest()), (size, sent.hexdigest()))
        return json.loads(error)

    def test_a_gigabyte_through_a_pipe(self):
        app = self.pack_source(PIPE, "--env=core")
        counts = self.run_pipe(app, GIGABYTE, slow=True)
        self.assertEqual(counts[0][2], GIGABYTE)
        holds(self, counts)
        self.assertGreater(counts[1][17], 0, "a slow reader makes EAGAIN")
        self.assertGreater(counts[1][13], 0, "and drains")

    def test_input_and_output_may_be_files(self):
        app = self.pack_source(PIPE)
        folder = e2e.scratch()
        data = os.urandom((1 << 20) + 17)
        with open(os.path.join(folder, "in"), "wb") as file:
            file.write(data)
        with open(os.path.join(folder, "in"), "rb") as source, open(os.path.join(folder, "out"), "wb") as target:
            done = subprocess.run([app], stdin=source, stdout=target, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV, timeout=30, check=False)
        self.assertEqual(done.returncode, 0)
        with open(os.path.join(folder, "out"), "rb") as file:
            self.assertEqual(file.read(), data)
        holds(self, json.loads(done.stderr))

    def test_a_terminal(self):
        app = self.pack_source(
            "const { TTY, UV_TTY_MODE_RAW } = module('tty', {}); const b = new Buffer(); const tty = new TTY(0);"
            "console.log('mode', tty.setup(b.alloc(64), UV_TTY_MODE_RAW));"
            "tty.onRead((n) => { console.log(JSON.stringify(b.read(0, n))); if (b.read(0, n) === 'q') tty.close(); }); tty.resume();"
        )
        main, other = pty.openpty()
        self.addCleanup(os.close, main)
        process = subprocess.Popen([app], stdin=other, stdout=other, stderr=other, env=e2e.CLEAN_ENV, close_fds=True)
        os.close(other)
        text = b""

        def until(word):
            nonlocal text
            end = time.monotonic() + 20
            while word not in text and time.monotonic() < end:
                if select.select([main], [], [], 0.2)[0]:
                    text += os.read(main, 4096)
            self.assertIn(word, text)

        until(b"mode 0")
        os.write(main, b"\x03")  # Raw: no signal.
        until(b'"\\u0003"')
        os.write(main, b"q")
        until(b'"q"')
        self.assertEqual(process.wait(20), 0)

    def test_raw_mode_is_undone(self):
        app = self.pack_source(
            "const { TTY, UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW } = module('tty', {}); const tty = new TTY(0), memory = new ArrayBuffer(8);"
            "print(tty.setup(memory, UV_TTY_MODE_RAW)); tty.onRead(() => { print(tty.setup(memory, UV_TTY_MODE_NORMAL)); tty.onRead(() => tty.close()); }); tty.resume();"
        )
        main, other = pty.openpty()
        self.addCleanup(os.close, main)
        self.addCleanup(os.close, other)
        process = subprocess.Popen([app], stdin=other, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)

        def takes_lines():
            return bool(termios.tcgetattr(other)[3] & termios.ICANON)

        self.assertEqual((process.stderr.readline(), takes_lines()), (b"0\n", False))
        os.write(main, b"x")
        self.assertEqual((process.stderr.readline(), takes_lines()), (b"0\n", True))
        os.write(main, b"\n")
        self.assertEqual(process.wait(20), 0)

    def test_modes_need_a_terminal(self):
        app = self.pack_source("const { TTY } = module('tty', {}); const t = new TTY(0); console.log(t.setup(new ArrayBuffer(8), 1), t.setup(new ArrayBuffer(8)), t.error(0, -25));")
        self.assertEqual(e2e.run([app]).out, "-25 0 ENOTTY: inappropriate ioctl for device\n")

    def test_a_closed_reader_is_an_error_that_has_a_name(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const out = new TTY(1); out.setup(new ArrayBuffer(1 << 20));"
            "out.onError((rc, message) => { print(rc, message); out.close(); });"
            "setTimeout(() => print(out.write(1 << 20)), 200);"
        )
        result = e2e.run(["bash", "-c", '"$0" | true', app])
        self.assertEqual(result.err, "-32\nEPIPE: broken pipe\n-32\n")

    def test_wrong_arguments(self):
        source = """
const { TTY } = module('tty', {});
const tty = new TTY(1);
const tries = [
  () => new TTY(-1), () => new TTY('x'), () => new TTY(1000), () => tty.setup('text'), () => tty.setup(new Buffer()),
  () => tty.setup(new ArrayBuffer(8), 3), () => tty.onRead(5), () => tty.stats(new BigUint64Array(19)), () => tty.stats(new Float64Array(20)), () => tty.write(1),
  () => { tty.setup(new ArrayBuffer(16)); tty.write(17); }, () => tty.write(1, 16), () => tty.write(-1), () => tty.write(1.5), () => tty.write(4, -2),
];
for (const attempt of tries) try { attempt(); print('no error'); } catch (error) { print(`${error.name}: ${error.message}`); }
"""
        result = e2e.run([self.pack_source(source)])
        self.assertEqual(result.err.splitlines(), [
            "RangeError: TTY: -1 is no descriptor",
            "RangeError: TTY: x is no descriptor",
            "Error: EINVAL: invalid argument, open descriptor 1000",
            "TypeError: setup: the read buffer must be a Buffer with memory, an ArrayBuffer or a typed array",
            "TypeError: setup: the read buffer must be a Buffer with memory, an ArrayBuffer or a typed array",
            "RangeError: setup: mode 3 is not a whole number from 0 to 2",
            "TypeError: onRead: the callback must be a function",
            "RangeError: stats: the array has 19 elements; 20 are needed",
            "TypeError: stats: the array must be a BigUint64Array",
            "RangeError: write: length 1 at offset 0 is outside the buffer of 0 bytes",
            "RangeError: write: length 17 at offset 0 is outside the buffer of 16 bytes",
            "RangeError: write: length 1 at offset 16 is outside the buffer of 16 bytes",
            "RangeError: write: length -1 at offset 0 is outside the buffer of 16 bytes",
            "RangeError: write: length 1.5 and offset 0 must be whole numbers of bytes",
            "RangeError: write: length 4 at offset -2 is outside the buffer of 16 bytes",
        ])

    def test_constants(self):
        app = self.pack_source(
            "import { UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW, UV_TTY_MODE_IO, UV_EOF, UV_EAGAIN } from 'dv8:tty'; import { TCP, UNIX } from 'dv8:socket';"
            "console.log(UV_TTY_MODE_NORMAL, UV_TTY_MODE_RAW, UV_TTY_MODE_IO, UV_EOF, UV_EAGAIN, TCP, UNIX);", name="main.mjs"
        )
        self.assertEqual(e2e.run([app]).out, "0 1 2 -4095 -11 0 1\n")

    def test_every_error_has_its_code_and_its_name(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); let n = 0;"
            "for (const [rc, [code, text]] of require('node:util').getSystemErrorMap()) { n++; if (t.error(rc) !== `${code}: ${text}`) print(rc, t.error(rc)); }"
            "print(n > 70);"
        )
        self.assertEqual(e2e.run([app]).err, "true\n")

    def test_nothing_is_read_before_resume(self):
        app = self.pack_source("const { TTY } = module('tty', {}); const t = new TTY(0); t.setup(new ArrayBuffer(8)); t.onRead(() => print('read')); t.onEnd(() => print('end')); setTimeout(() => print('over'), 50);")
        self.assertEqual(e2e.run([app], stdin="x").err, "over\n")

    def test_each_slot_of_the_stats_of_writes(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); t.setup(new ArrayBuffer(1 << 20));"
            "const full = t.write(8), part = t.write(1 << 20), none = t.write(16); print(full, part > 0 && part < 1 << 20, none);"
            # The longest queue is what was left of the second write, and the third.
            "t.onDrain(() => t.close()); t.onClose(() => { const s = new BigUint64Array(20).fill(99n); t.stats(s); s[14] += BigInt(part); print(s.join()); });"
        )
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.assertEqual([process.stderr.readline().strip() for _ in range(3)], [b"8", b"true", b"0"])
        out, err = process.communicate(timeout=20)
        size = 8 + (1 << 20) + 16
        self.assertEqual((len(out), err.decode()), (size, f"1,0,0,0,0,0,0,0,0,0,{size},1,1,1,{(1 << 20) + 16},2,2,1,0,0\n"))

    def test_the_stats_count_errors(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const out = new TTY(1); out.setup(new ArrayBuffer(8));"
            "out.onError(() => { const s = new BigUint64Array(20); out.stats(s); print(s[1]); out.close(); }); setTimeout(() => out.write(8), 200);"
        )
        self.assertEqual(e2e.run(["bash", "-c", '"$0" | true', app]).err, "1\n")

    def test_what_is_queued_is_a_copy(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); const memory = new Uint8Array(1 << 20).fill(65); t.setup(memory);"
            "print(t.write(1 << 20) < 1 << 20, t.write(3)); memory.fill(66); t.onDrain(() => t.close());"
        )
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.assertEqual([process.stderr.readline().strip() for _ in range(2)], [b"true", b"0"])
        self.assertEqual(process.communicate(timeout=20)[0], b"A" * ((1 << 20) + 3))

    def test_close_waits_for_what_is_queued(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); t.setup(new Uint8Array(1 << 20).fill(120));"
            "print(t.write(1 << 20) < 1 << 20); t.onClose(() => print('closed')); t.close(); t.close(); print(t.write(1));"
        )

        def all_of_a_pipe(process):
            return process.stdout.read()

        def all_of_a_terminal(_):
            data = b""
            with contextlib.suppress(OSError):  # EIO: the other side is closed.
                while piece := os.read(main, 1 << 16):
                    data += piece
            return data

        main, other = pty.openpty()
        self.addCleanup(os.close, main)
        for stdout, read in ((subprocess.PIPE, all_of_a_pipe), (other, all_of_a_terminal)):
            process = subprocess.Popen([app], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
            self.addCleanup(process.kill)
            if stdout == other:
                os.close(other)
            self.assertEqual([process.stderr.readline().strip() for _ in range(2)], [b"true", b"-9"])
            self.assertEqual(read(process), b"x" * (1 << 20))
            self.assertEqual(process.stderr.read(), b"closed\n")
            self.assertEqual(process.wait(20), 0)
            process.stderr.close()
            if process.stdout is not None:
                process.stdout.close()

    def test_a_file_that_takes_a_part_only(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); t.setup(new ArrayBuffer(4096));"
            "t.onError((rc, message) => print(rc, message)); t.onClose(() => { const s = new BigUint64Array(20); t.stats(s); print(s[10]); });"
            "print(t.write(4096)); t.close();"
        )
        folder = e2e.scratch()
        result = e2e.run(["bash", "-c", 'trap "" XFSZ; ulimit -f 1; exec "$0" > out', app], cwd=folder)
        self.assertEqual((result.code, result.err), (0, "-27\nEFBIG: file too large\n-27\n1024\n"), result)
        self.assertEqual(os.path.getsize(os.path.join(folder, "out")), 1024)

    def test_memory_that_is_taken_away_while_a_file_is_read(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(0), memory = new ArrayBuffer(4); let reads = 0; t.setup(memory); t.onEnd(() => print('end'));"
            "t.onRead((n) => { print(n); if (++reads === 1) t.setup(new ArrayBuffer(0)); }); t.onError((rc, message) => { print(message); t.setup(memory); t.resume(); }); t.resume();"
        )
        folder = e2e.scratch()
        e2e.write_tree(folder, {"in": "sixsix"})
        self.assertEqual(e2e.run(["bash", "-c", '"$0" < in', app], cwd=folder).err, "4\nENOBUFS: no buffer space available\n2\nend\n")

    def test_memory_that_may_shrink_is_refused(self):
        app = self.pack_source("const { TTY } = module('tty', {}); const t = new TTY(1); try { t.setup(new ArrayBuffer(8, { maxByteLength: 16 })); print('no error'); } catch (e) { print(`${e.name}: ${e.message}`); }")
        self.assertEqual(e2e.run([app]).err, "TypeError: setup: the read buffer must not be a resizable ArrayBuffer\n")

    def test_dropped_ones_are_collected(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); let freed = 0, turns = 0; globalThis.registry = new FinalizationRegistry(() => freed++);"
            "for (let i = 0; i < 100; i++) registry.register(new TTY(2), 1);"
            "const wait = () => { gc(); if (freed < 90 && turns++ < 100) setTimeout(wait, 10); else console.log(freed >= 90); }; setTimeout(wait, 1);",
            "--v8-flags=--expose-gc",
        )
        self.assertEqual(e2e.run([app]).out, "true\n")

    def test_a_full_write_is_told_at_once(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); t.setup(new Uint8Array([65, 66, 67, 10]));"
            "t.onWrite((n, status) => print('written', n, status)); print('gave', t.write(2, 2), t.writeText('h\\u00e9\\n'));"
        )
        result = e2e.run([app])
        self.assertEqual((result.out, result.err.split()), ("C\nhé\n", ["written", "2", "0", "written", "4", "0", "gave", "2", "4"]))

    def test_a_paused_stream_reads_nothing(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(0); t.setup(new ArrayBuffer(64)); let paused = false;"
            "t.onData((n) => { print(`${n} ${paused}`); if (n > 1) return; t.pause(); paused = true; setTimeout(() => { paused = false; t.resume(); }, 200); });"
            "t.onEnd(() => t.close()); t.resume();"
        )
        process = subprocess.Popen([app], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.stderr.close)
        process.stdin.write(b"a")
        process.stdin.flush()
        self.assertEqual(process.stderr.readline(), b"1 false\n")
        process.stdin.write(b"bc")
        process.stdin.close()
        self.assertEqual(process.stderr.read(), b"2 false\n")
        self.assertEqual(process.wait(20), 0)

    def test_the_queue_has_a_size(self):
        app = self.pack_source(
            "const { TTY } = module('tty', {}); const t = new TTY(1); t.setup(new ArrayBuffer(1 << 20));"
            "const now = t.write(1 << 20); print(now > 0 && now < 1 << 20, t.queueSize() === (1 << 20) - now, t.writeString('h\u00e9'));"
            "t.onDrain(() => { print('drained', t.queueSize()); t.close(); });"
        )
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        told = [process.stderr.readline().strip() for _ in range(3)]
        self.assertEqual(told, [b"true", b"true", b"0"])
        out, err = process.communicate(timeout=20)
        self.assertEqual((out, err), (bytes(1 << 20) + "h\u00e9".encode(), b"drained\n0\n"))


class SocketTest(e2e.TestCase):
    def short_folder(self):
        """A socket's path has 107 characters at most; a test's own folder may have more."""
        folder = tempfile.mkdtemp(prefix="dv8-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def start(self, app, *args, **kwargs):
        process = subprocess.Popen([app, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV, **kwargs)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process, process.stdout.readline().decode().split()

    def exchange(self, peer, size, limit=None):
        """Sends `size` bytes, reads them back; their digests are equal."""
        block = os.urandom(1 << 20)
        sent, got, total = hashlib.md5(), hashlib.md5(), 0

        def feed():
            for _ in range(size >> 20):
                sent.update(block)
                peer.sendall(block)
            peer.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=feed)
        thread.start()
        while data := peer.recv(1 << 20):
            got.update(data)
            total += len(data)
        thread.join()
        self.assertEqual((total, got.hexdigest()), (size, sent.hexdigest()))

    def test_a_gigabyte_through_sockets(self):
        for kind, vintage in (("tcp", "9"), ("unix", "5")):
            app = self.pack_source(ECHO % VINTAGES[vintage])
            path = "tcp" if kind == "tcp" else os.path.join(self.short_folder(), "s.sock")
            process, (rc, port) = self.start(app, path)
            self.assertEqual(rc, "0")
            if kind == "tcp":
                peer = socket.create_connection(("127.0.0.1", int(port)))
            else:
                peer = socket.socket(socket.AF_UNIX)
                peer.connect(path)
            with peer:
                self.exchange(peer, GIGABYTE)
            self.assertEqual(process.wait(20), 0)
            holds(self, json.loads(process.stderr.read()))
            self.assertFalse(os.path.exists(path), "a server takes its path with it")

    def test_both_vintages_with_socat(self):
        for vintage in VINTAGES:
            app = self.pack_source(ECHO % VINTAGES[vintage], "--env=core")
            process, (_, port) = self.start(app, "tcp")
            echoed = subprocess.run(["socat", "-", f"tcp:127.0.0.1:{port}"], input=b"hello\n", stdout=subprocess.PIPE, timeout=20, check=True)
            self.assertEqual(echoed.stdout, b"hello\n")
            self.assertEqual(process.wait(20), 0)

    def test_clients_of_both_vintages(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        port = server.getsockname()[1]
        for setup in ("c.setup(b.bytes, b.bytes); c.onConnect(() => { c.writeText('hi'); });",
                      "c.onConnect((fd) => { print(typeof fd); c.setup(fd, b.bytes, b.bytes); b.write('hi'); c.write(2); c.resume(); });"):
            app = self.pack_source(
                "const { Socket, TCP } = module('socket', {}); const c = new Socket(TCP); const b = new Buffer(); b.alloc(64);" + setup +
                "c.onRead((n) => { console.log(b.read(0, n), c.remoteAddress(), c.portNumber() === Number(args[2]), c.setNoDelay(true), c.setKeepAlive(true, 5)); c.close(); });"
                "console.log(c.connect('127.0.0.1', Number(args[2])));"
            )
            process = subprocess.Popen([app, str(port)], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV, stderr=subprocess.DEVNULL)
            connection, _ = server.accept()
            with connection:
                self.assertEqual(connection.recv(10), b"hi")
                connection.sendall(b"there")
                self.assertEqual(connection.recv(10), b"")
            self.assertEqual(process.communicate(timeout=20)[0].decode(), "0\nthere 127.0.0.1 true 0 0\n")

    def test_a_server_takes_a_bound_descriptor(self):
        app = self.pack_source(
            "const { Socket, TCP } = module('socket', {}); const server = new Socket(TCP), m = new Uint8Array(64);"
            "server.onConnect(() => { const peer = new Socket(TCP); peer.setup(m, m); peer.onRead((n) => peer.write(n)); peer.onEnd(() => { peer.close(); server.close(); }); return peer; });"
            "console.log(server.listen(Number(args[2])), server.portNumber());"
        )
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            process, told = self.start(app, str(bound.fileno()), pass_fds=[bound.fileno()])
            self.assertEqual(told, ["0", str(bound.getsockname()[1])])
            with socket.create_connection(bound.getsockname(), timeout=20) as peer:
                peer.sendall(b"hello")
                self.assertEqual(peer.recv(10), b"hello")
                peer.shutdown(socket.SHUT_WR)
                self.assertEqual(peer.recv(10), b"")
        self.assertEqual(process.wait(20), 0)

    def test_options_of_a_connection_in_both_vintages(self):
        # The descriptor is this test's too: both see the same options.
        with socket.create_server(("127.0.0.1", 0)) as server:
            for calls, expected in (
                ("s.setNoDelay(true), s.setKeepAlive(true, 7)", (True, True, 7)),
                ("s.setNoDelay(fd, true), s.setKeepAlive(fd, true, 8)", (True, True, 8)),
                ("s.setNoDelay(true) + s.setNoDelay(false), s.setKeepAlive(true, 9) + s.setKeepAlive(false)", (False, False, 9)),
            ):
                app = self.pack_source(
                    "const { Socket, TCP } = module('socket', {}); const s = new Socket(TCP), m = new Uint8Array(8), fd = Number(args[2]);"
                    f"console.log(s.setup(fd, m, m), {calls}); s.close(0);"
                )
                with socket.create_connection(server.getsockname()) as shared:
                    process, told = self.start(app, str(shared.fileno()), pass_fds=[shared.fileno()])
                    self.assertEqual((told, process.wait(20)), (["0", "0", "0"], 0))
                    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE)]
                    idle = shared.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
                    self.assertEqual((*(bool(shared.getsockopt(*option)) for option in options), idle), expected, calls)

    def test_a_server_is_closed_once(self):
        app = self.pack_source(
            "const { Socket, TCP } = module('socket', {}); const s = new Socket(TCP); s.onClose(() => console.log('closed', s.portNumber()));"
            "s.listen('127.0.0.1', 0); s.close(); s.close(); s.close(0);"
        )
        self.assertEqual(e2e.run([app]).out, "closed undefined\n")

    ONE_CLIENT = """
const { Socket, TCP } = module('socket', {});
const m = new Uint8Array(8), server = new Socket(TCP), client = new Socket(TCP);
server.listen('127.0.0.1', 0);
client.setup(m);
client.connect('127.0.0.1', server.portNumber());
"""

    def test_shutdown_when_a_connection_comes(self):
        app = self.pack_source(self.ONE_CLIENT + "server.onConnect(() => { shutdown(); console.log('shut'); }); setInterval(() => {}, 1000);")
        self.assertEqual(e2e.run([app]).out, "shut\n")

    def test_an_on_connect_that_throws_leaves_the_connection_that_it_took(self):
        # Closing a descriptor that is another's would close what got its number next.
        app = self.pack_source(self.ONE_CLIENT + """
const fs = require('node:fs');
let peer;
onUncaughtException((thrown) => {
  const file = fs.openSync('/dev/null');
  peer.close(0);
  try { fs.fstatSync(file); console.log(thrown.message, 'and no more'); } catch (error) { console.log(error.code); }
  shutdown();
});
server.onConnect((fd) => { peer = new Socket(TCP); peer.setup(fd, m, m); throw new Error('thrown'); });
""")
        self.assertEqual(e2e.run([app]).out, "thrown and no more\n")

    def test_a_connection_that_on_connect_does_not_take(self):
        for callback, answer in (
            ("() => { server.close(); }", b""),
            ("(fd) => { server.close(); setTimeout(() => { const peer = new Socket(TCP); peer.setup(fd, m, m); peer.writeText('late'); peer.close(); }, 50); }", b"late"),
        ):
            app = self.pack_source(
                "const { Socket, TCP } = module('socket', {}); const server = new Socket(TCP), m = new Uint8Array(8);"
                f"server.onConnect({callback}); console.log(server.listen('127.0.0.1', 0), server.portNumber()); setTimeout(() => {{}}, 500);"
            )
            process, (_, port) = self.start(app)
            with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as peer:
                start = time.monotonic()
                self.assertEqual(peer.recv(10), answer, callback)
                self.assertLess(time.monotonic() - start, 0.4, "it is closed, not the program at its end")
            self.assertEqual(process.wait(20), 0)

    def test_a_server_listens_once(self):
        app = self.pack_source(
            "const { Socket, TCP } = module('socket', {}); const s = new Socket(TCP); const listen = () => s.listen('127.0.0.1', 0);"
            "s.onClose(() => { s.onClose(); console.log('closed', listen()); s.close(); }); console.log(listen(), s.error(listen())); s.close();"
        )
        self.assertEqual(e2e.run([app]).out, "0 EALREADY: connection already in progress\nclosed 0\n")

    def test_a_server_without_descriptors_waits_for_one(self):
        app = self.pack_source(
            "const { Socket, TCP } = module('socket', {}); const fs = require('node:fs'); const server = new Socket(TCP), files = []; let errors = 0;"
            "server.onError((rc, message) => { if (++errors === 1) setTimeout(() => { console.log(message, errors < 20); files.forEach((fd) => fs.closeSync(fd)); }, 500); });"
            "server.onConnect(() => { console.log('taken'); server.close(); });"
            "const rc = server.listen('127.0.0.1', 0); try { for (;;) files.push(fs.openSync('/dev/null')); } catch {} console.log(rc, server.portNumber());"
        )
        process, (_, port) = self.start(app, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as peer:
            self.assertEqual(peer.recv(10), b"")
        self.assertEqual(process.communicate(timeout=20)[0].decode(), "EMFILE: too many open files true\ntaken\n")

    def test_errors_have_names(self):
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        app = self.pack_source(
            "const { Socket, TCP, UNIX } = module('socket', {}); const c = new Socket(TCP); c.setup(new ArrayBuffer(8));"
            "c.onError((rc, message) => { console.log(rc, message, c.error(rc) === message); c.close(); c.close(); }); c.onClose(() => console.log('closed', c.write(1)));"
            f"console.log(c.connect('127.0.0.1', {port}), new Socket(UNIX).connect('/nowhere/s.sock'), new Socket(TCP).connect('not an ip', 1), new Socket(UNIX).listen('/nowhere/s.sock'));"
            "for (const f of [() => new Socket(7), () => c.connect('127.0.0.1', 70000), () => c.listen('127.0.0.1', -1), () => c.setKeepAlive(true, 0.5)]) try { f(); } catch (e) { console.log(e.message); }"
        )
        self.assertEqual(e2e.run([app]).out.splitlines(), [
            "0 0 -22 -2",
            "Socket: type 7 is neither TCP (0) nor UNIX (1)",
            "connect: port 70000 is not from 0 to 65535",
            "listen: port -1 is not from 0 to 65535",
            "setKeepAlive: 0.5 is not a whole number of seconds from 1",
            "-111 ECONNREFUSED: connection refused true",
            "closed -9",
        ])

    def test_a_client_may_choose_its_address(self):
        server = socket.create_server(("0.0.0.0", 0))
        self.addCleanup(server.close)
        app = self.pack_source(
            "const { Socket, TCP } = module('socket', {}); const c = new Socket(TCP); c.setup(new ArrayBuffer(8)); c.onConnect(() => c.close());"
            "console.log(c.bind('nowhere'), c.bind('127.0.0.2'), c.connect('127.0.0.1', Number(args[2])));"
        )
        self.assertEqual(e2e.run([app, str(server.getsockname()[1])]).out, "-22 0 0\n")
        connection, (address, _) = server.accept()
        connection.close()
        self.assertEqual(address, "127.0.0.2")

    def test_a_server_need_not_keep_the_program_going(self):
        app = self.pack_source("const { Socket, TCP } = module('socket', {}); const s = new Socket(TCP); console.log(s.listen('127.0.0.1', 0)); s.unref();")
        self.assertEqual(e2e.run([app], timeout=20).out, "0\n")

    def test_a_pair_and_a_descriptor(self):
        app = self.pack_source(
            "const { Socket, UNIX } = module('socket', {}); const make = () => { const s = new Socket(UNIX); s.memory = new Uint8Array(16); s.setup(s.memory); return s; };"
            "const a = make(), b = make(); const fd = a.open(); console.log(fd > 2, b.open(fd));"
            "b.onRead((n) => { console.log(String.fromCharCode(...b.memory.subarray(0, n))); a.close(); }); b.onEnd(() => { console.log('end'); b.close(); }); b.resume(); a.writeText('pair');"
        )
        self.assertEqual(e2e.run([app]).out, "true 0\npair\nend\n")

    def test_several_listen_at_one_port(self):
        app = self.pack_source("const { Socket, TCP } = module('socket', {}); const s = new Socket(TCP); console.log(s.listen('127.0.0.1', Number(args[2] || 0)), s.portNumber()); s.onClose(() => {});")
        _, (_, port) = self.start(app)
        _, (rc, again) = self.start(app, port)
        self.assertEqual((rc, again), ("0", port))


class MisuseTest(e2e.TestCase):
    """Each through a pair of sockets a, b that are open and hold `memory`."""

    PAIR = """
const { Socket, UNIX } = module('socket', {});
const make = () => { const s = new Socket(UNIX); s.memory = new Uint8Array(64); s.setup(s.memory); return s; };
const a = make(), b = make();
b.open(a.open());
b.onClose(() => console.log('b closed'));
a.onClose(() => console.log('a closed'));
"""

    def out(self, source, code=0, *options):
        result = e2e.run([self.pack_source(self.PAIR + source, *options)])
        self.assertEqual(result.code, code, result)
        return result

    def test_closing_twice_and_writing_after_close(self):
        out = self.out("a.close(); a.close(); a.close(0); console.log(a.write(4), a.writeText('x'), a.resume(), a.queueSize()); a.pause(); b.close(0); b.close();").out
        self.assertEqual((out.splitlines()[0], sorted(out.splitlines()[1:])), ("-9 -9 -9 0", ["a closed", "b closed"]))

    def test_a_paused_socket_reads_nothing(self):
        out = self.out(
            "let reads = 0; b.onData((n) => { reads += n; b.pause(); }); b.resume(); a.writeText('x');"
            "setTimeout(() => a.writeText('y'), 50); setTimeout(() => { console.log(reads); b.resume(); }, 150); setTimeout(() => { console.log(reads); a.close(); b.close(); }, 250);"
        ).out
        self.assertEqual(out.splitlines()[:2], ["1", "2"])

    def test_close_writes_what_is_queued_unless_it_is_told_not_to(self):
        for shutdown, whole in (("", "true"), ("1", "true"), ("0", "false")):
            out = self.out(
                f"b.setup(b.memory, new Uint8Array(1 << 22)); const now = b.write(1 << 22); b.close({shutdown}); let got = 0; a.setup(new Uint8Array(65536));"
                "a.onRead((n) => { got += n; }); a.onEnd(() => { console.log(got === 1 << 22, got >= now); a.close(); }); a.resume();"
            ).out
            self.assertIn(f"{whole} true\n", out, shutdown)

    def test_a_connection_need_not_keep_the_program_going(self):
        self.assertIn("end\n", self.out("b.resume(); b.unref(); console.log('end');").out)

    def test_a_callback_that_throws(self):
        result = self.out("b.onRead(() => { throw new Error('in a callback'); }); b.resume(); a.writeText('x');", 1)
        self.assertIn("Error: in a callback", result.err)
        out = self.out("onUncaughtException((e) => { console.log(e.message); }); let n = 0; b.onRead((l) => { if (++n < 3) { a.writeText('y'); throw new Error('no ' + n); } a.close(0); b.close(0); }); b.resume(); a.writeText('x');").out
        self.assertIn("no 1\nno 2\n", out)

    def test_a_callback_that_closes_its_own_handle(self):
        for event, trigger in (("Read", "a.writeText('x');"), ("End", "a.close();"), ("Write", ""), ("Drain", "")):
            out = self.out(
                f"b.on{event}(() => {{ console.log('{event}'); b.close(0); b.close(0); a.close(0); }}); b.resume(); {trigger}"
                + ("b.writeText('x');" if event == "Write" else "")
                + ("b.setup(b.memory, new Uint8Array(1 << 22)); b.write(1 << 22); a.onRead(() => {}); a.resume();" if event == "Drain" else "")
            ).out
            self.assertIn(event, out)
            self.assertIn("b closed", out)

    def test_shutdown_in_a_callback(self):
        out = self.out(
            "const { Timer } = module('timer', {}); new Timer().start(() => {}, 1000, 1000); setInterval(() => {}, 1000);"
            "const server = new Socket(0); server.listen('127.0.0.1', 0);"
            "b.onRead(() => { shutdown(); shutdown(); console.log('shut', b.write(1)); }); b.resume(); a.writeText('x'); onExit(() => console.log('exit'));"
        ).out
        self.assertEqual(sorted(out.splitlines()), ["a closed", "b closed", "exit", "shut -9"])

    def test_dropped_sockets_are_collected(self):
        result = self.out(
            "const fs = require('node:fs'); const count = () => fs.readdirSync('/proc/self/fd').length; const before = count();"
            "for (let i = 0; i < 300; i++) { const c = make(); c.onRead(() => c); c.open(); }"
            "const most = count(); setTimeout(() => { gc(); setTimeout(() => { gc(); setTimeout(() => { console.log(most - before >= 300, count() - before - 300 < 50); shutdown(); }, 20); }, 20); }, 1);",
            0, "--v8-flags=--expose-gc",
        )
        self.assertIn("true true\n", result.out)

    def test_nothing_opens_while_the_snapshot_is_made(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"main.js": "const { TTY } = require('dv8:tty'); new TTY(0); dv8.main(() => {});"})
        result = e2e.run([e2e.dv8pack(), "--snapshot=app", "main.js", "-o", "app"], cwd=folder)
        self.assertEqual(result.code, 1)
        self.assertIn("A stream cannot be opened while the snapshot is made", result.err)


if __name__ == "__main__":
    e2e.main()
