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
        app = self.pack_program("pipe.js", "--env=core")
        counts = self.run_pipe(app, GIGABYTE, slow=True)
        self.assertEqual(counts[0][2], GIGABYTE)
        holds(self, counts)
        self.assertGreater(counts[1][17], 0, "a slow reader makes EAGAIN")
        self.assertGreater(counts[1][13], 0, "and drains")

    def test_input_and_output_may_be_files(self):
        app = self.pack_program("pipe.js")
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
        app = self.pack_program("a_terminal.js")
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
        app = self.pack_program("raw_mode_is_undone.js")
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
        self.assert_prints("modes_need_a_terminal.js")

    def test_a_closed_reader_is_an_error_that_has_a_name(self):
        app = self.pack_program("a_closed_reader_is_an_error_that_has_a_name.js")
        result = e2e.run(["bash", "-c", '"$0" | true', app])
        self.assertEqual(result.err, "-32\nEPIPE: broken pipe\n-32\n")

    def test_wrong_arguments(self):
        result = e2e.run([self.pack_program("wrong_arguments.js")])
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
        self.assert_prints("constants.mjs")

    def test_every_error_has_its_code_and_its_name(self):
        app = self.pack_program("every_error_has_its_code_and_its_name.js")
        self.assertEqual(e2e.run([app]).err, "true\n")

    def test_nothing_is_read_before_resume(self):
        app = self.pack_program("nothing_is_read_before_resume.js")
        self.assertEqual(e2e.run([app], stdin="x").err, "over\n")

    def test_each_slot_of_the_stats_of_writes(self):
        app = self.pack_program("each_slot_of_the_stats_of_writes.js")
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.assertEqual([process.stderr.readline().strip() for _ in range(3)], [b"8", b"true", b"0"])
        out, err = process.communicate(timeout=20)
        size = 8 + (1 << 20) + 16
        self.assertEqual((len(out), err.decode()), (size, f"1,0,0,0,0,0,0,0,0,0,{size},1,1,1,{(1 << 20) + 16},2,2,1,0,0\n"))

    def test_the_stats_count_errors(self):
        app = self.pack_program("the_stats_count_errors.js")
        self.assertEqual(e2e.run(["bash", "-c", '"$0" | true', app]).err, "1\n")

    def test_what_is_queued_is_a_copy(self):
        app = self.pack_program("what_is_queued_is_a_copy.js")
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.assertEqual([process.stderr.readline().strip() for _ in range(2)], [b"true", b"0"])
        self.assertEqual(process.communicate(timeout=20)[0], b"A" * ((1 << 20) + 3))

    def test_close_waits_for_what_is_queued(self):
        app = self.pack_program("close_waits_for_what_is_queued.js")

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
        app = self.pack_program("a_file_that_takes_a_part_only.js")
        folder = e2e.scratch()
        result = e2e.run(["bash", "-c", 'trap "" XFSZ; ulimit -f 1; exec "$0" > out', app], cwd=folder)
        self.assertEqual((result.code, result.err), (0, "-27\nEFBIG: file too large\n-27\n1024\n"), result)
        self.assertEqual(os.path.getsize(os.path.join(folder, "out")), 1024)

    def test_memory_that_is_taken_away_while_a_file_is_read(self):
        app = self.pack_program("memory_that_is_taken_away_while_a_file_is_read.js")
        folder = e2e.scratch()
        e2e.write_tree(folder, {"in": "sixsix"})
        self.assertEqual(e2e.run(["bash", "-c", '"$0" < in', app], cwd=folder).err, "4\nENOBUFS: no buffer space available\n2\nend\n")

    def test_memory_that_may_shrink_is_refused(self):
        app = self.pack_program("memory_that_may_shrink_is_refused.js")
        self.assertEqual(e2e.run([app]).err, "TypeError: setup: the read buffer must not be a resizable ArrayBuffer\n")

    def test_dropped_ones_are_collected(self):
        self.assert_prints("dropped_ones_are_collected.js", "--v8-flags=--expose-gc")

    def test_a_full_write_is_told_at_once(self):
        app = self.pack_program("a_full_write_is_told_at_once.js")
        result = e2e.run([app])
        self.assertEqual((result.out, result.err.split()), ("C\nhé\n", ["written", "2", "0", "written", "4", "0", "gave", "2", "4"]))

    def test_a_paused_stream_reads_nothing(self):
        app = self.pack_program("a_paused_stream_reads_nothing.js")
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
        app = self.pack_program("the_queue_has_a_size.js")
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
        app = self.pack_program("echo.js")
        for kind, vintage in (("tcp", "9"), ("unix", "5")):
            path = "tcp" if kind == "tcp" else os.path.join(self.short_folder(), "s.sock")
            process, (rc, port) = self.start(app, path, vintage)
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
        app = self.pack_program("echo.js", "--env=core")
        for vintage in ("5", "9"):
            process, (_, port) = self.start(app, "tcp", vintage)
            echoed = subprocess.run(["socat", "-", f"tcp:127.0.0.1:{port}"], input=b"hello\n", stdout=subprocess.PIPE, timeout=20, check=True)
            self.assertEqual(echoed.stdout, b"hello\n")
            self.assertEqual(process.wait(20), 0)

    def test_clients_of_both_vintages(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        port = server.getsockname()[1]
        app = self.pack_program("clients_of_both_vintages.js")
        for vintage in ("5", "9"):
            process = subprocess.Popen([app, str(port), vintage], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV, stderr=subprocess.DEVNULL)
            connection, _ = server.accept()
            with connection:
                self.assertEqual(connection.recv(10), b"hi")
                connection.sendall(b"there")
                self.assertEqual(connection.recv(10), b"")
            self.assertEqual(process.communicate(timeout=20)[0].decode(), "0\nthere 127.0.0.1 true 0 0\n")

    def test_a_server_takes_a_bound_descriptor(self):
        app = self.pack_program("a_server_takes_a_bound_descriptor.js")
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
            app = self.pack_program("options_of_a_connection_in_both_vintages.js")
            for calls, expected in (("later", (True, True, 7)), ("earlier", (True, True, 8)), ("off", (False, False, 9))):
                with socket.create_connection(server.getsockname()) as shared:
                    process, told = self.start(app, str(shared.fileno()), calls, pass_fds=[shared.fileno()])
                    self.assertEqual((told, process.wait(20)), (["0", "0", "0"], 0))
                    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE)]
                    idle = shared.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
                    self.assertEqual((*(bool(shared.getsockopt(*option)) for option in options), idle), expected, calls)

    def test_a_server_is_closed_once(self):
        self.assert_prints("a_server_is_closed_once.js")

    def test_shutdown_when_a_connection_comes(self):
        self.assert_prints("shutdown_when_a_connection_comes.js")

    def test_an_on_connect_that_throws_leaves_the_connection_that_it_took(self):
        # Closing a descriptor that is another's would close what got its number next.
        self.assert_prints("an_on_connect_that_throws_leaves_the_connection_that_it_took.js")

    def test_a_connection_that_on_connect_does_not_take(self):
        app = self.pack_program("a_connection_that_on_connect_does_not_take.js")
        for callback, answer in (("never", b""), ("late", b"late")):
            process, (_, port) = self.start(app, callback)
            with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as peer:
                start = time.monotonic()
                self.assertEqual(peer.recv(10), answer, callback)
                self.assertLess(time.monotonic() - start, 0.4, "it is closed, not the program at its end")
            self.assertEqual(process.wait(20), 0)

    def test_a_server_listens_once(self):
        self.assert_prints("a_server_listens_once.js")

    def test_a_server_without_descriptors_waits_for_one(self):
        app = self.pack_program("a_server_without_descriptors_waits_for_one.js")
        process, (_, port) = self.start(app, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as peer:
            self.assertEqual(peer.recv(10), b"")
        self.assertEqual(process.communicate(timeout=20)[0].decode(), "EMFILE: too many open files true\ntaken\n")

    def test_errors_have_names(self):
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        self.assert_prints("errors_have_names.js", args=[str(port)])

    def test_a_client_may_choose_its_address(self):
        server = socket.create_server(("0.0.0.0", 0))
        self.addCleanup(server.close)
        self.assert_prints("a_client_may_choose_its_address.js", args=[str(server.getsockname()[1])])
        connection, (address, _) = server.accept()
        connection.close()
        self.assertEqual(address, "127.0.0.2")

    def test_a_server_need_not_keep_the_program_going(self):
        app = self.pack_program("a_server_need_not_keep_the_program_going.js")
        self.assertEqual(e2e.run([app], timeout=20).out, "0\n")

    def test_a_pair_and_a_descriptor(self):
        self.assert_prints("a_pair_and_a_descriptor.js")

    def test_several_listen_at_one_port(self):
        app = self.pack_program("several_listen_at_one_port.js")
        _, (_, port) = self.start(app)
        _, (rc, again) = self.start(app, port)
        self.assertEqual((rc, again), ("0", port))


class MisuseTest(e2e.TestCase):
    """Each through a pair of sockets a, b that are open and hold `memory`."""

    def out(self, name, *options, args=(), code=0):
        result = e2e.run([self.pack_program(name, *options), *args])
        self.assertEqual(result.code, code, result)
        return result

    def test_closing_twice_and_writing_after_close(self):
        out = self.out("closing_twice_and_writing_after_close.js").out
        self.assertEqual((out.splitlines()[0], sorted(out.splitlines()[1:])), ("-9 -9 -9 0", ["a closed", "b closed"]))

    def test_a_paused_socket_reads_nothing(self):
        out = self.out("a_paused_socket_reads_nothing.js").out
        self.assertEqual(out.splitlines()[:2], ["1", "2"])

    def test_close_writes_what_is_queued_unless_it_is_told_not_to(self):
        for shutdown, whole in (("[]", "true"), ("[1]", "true"), ("[0]", "false")):
            out = self.out("close_writes_what_is_queued_unless_it_is_told_not_to.js", args=[shutdown]).out
            self.assertIn(f"{whole} true\n", out, shutdown)

    def test_a_connection_need_not_keep_the_program_going(self):
        self.assertIn("end\n", self.out("a_connection_need_not_keep_the_program_going.js").out)

    def test_a_callback_that_throws(self):
        result = self.out("a_callback_that_throws.js", code=1)
        self.assertIn("Error: in a callback", result.err)
        out = self.out("callbacks_that_throw.js").out
        self.assertIn("no 1\nno 2\n", out)

    def test_a_callback_that_closes_its_own_handle(self):
        for event in ("Read", "End", "Write", "Drain"):
            out = self.out("a_callback_that_closes_its_own_handle.js", args=[event]).out
            self.assertIn(event, out)
            self.assertIn("b closed", out)

    def test_shutdown_in_a_callback(self):
        out = self.out("shutdown_in_a_callback.js").out
        self.assertEqual(sorted(out.splitlines()), ["a closed", "b closed", "exit", "shut -9"])

    def test_dropped_sockets_are_collected(self):
        result = self.out("dropped_sockets_are_collected.js", "--v8-flags=--expose-gc")
        self.assertIn("true true\n", result.out)

    def test_nothing_opens_while_the_snapshot_is_made(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"main.js": "const { TTY } = require('dv8:tty'); new TTY(0); dv8.main(() => {});"})
        result = e2e.run([e2e.dv8pack(), "--snapshot=app", "main.js", "-o", "app"], cwd=folder)
        self.assertEqual(result.code, 1)
        self.assertIn("A stream cannot be opened while the snapshot is made", result.err)


if __name__ == "__main__":
    e2e.main()
