#!/usr/bin/env python3
"""dv8's udp: both families, nc as a client, and what goes wrong."""

import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class UdpTest(e2e.TestCase):
    def start(self, app, *args, **kwargs):
        process = subprocess.Popen([app, *args], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV, **kwargs)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, process.stdout.readline().decode().split()

    def test_the_example_answers_nc(self):
        app = self.pack(e2e.repo("examples/udp-echo/main.js"), "--env=core")
        process, (_, port) = self.start(app)
        answer = subprocess.run(["nc", "-u", "-w1", "127.0.0.1", port], input=b"hello\n", stdout=subprocess.PIPE, timeout=20, check=True)
        self.assertEqual(answer.stdout, b"hello\n")
        process.terminate()
        self.assertEqual(process.wait(20), 0)

    def test_both_families(self):
        for family, ip in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            app = self.pack_program("both_families.js")
            process, (rc, port, own) = self.start(app, ip)
            self.assertEqual((rc, own), ("0", ip))
            with socket.socket(family, socket.SOCK_DGRAM) as peer:
                peer.settimeout(20)
                peer.connect((ip, int(port)))
                for size in (1, 1400, 60000, 0):
                    peer.send(b"A" * size)
                    self.assertEqual(len(peer.recv(65536)), size)
                    self.assertEqual(process.stdout.readline().decode().split(), [str(size), ip, str(peer.getsockname()[1]), "65"])
            self.assertEqual(process.wait(20), 0)

    def test_a_descriptor_is_made_its_own(self):
        app = self.pack_program("a_descriptor_is_made_its_own.js")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            bound.bind(("127.0.0.1", 0))
            process, told = self.start(app, str(bound.fileno()), pass_fds=[bound.fileno()])
            self.assertEqual(told, ["0", str(bound.getsockname()[1])])
            peer.settimeout(20)
            peer.sendto(b"hello", bound.getsockname())
            self.assertEqual(peer.recv(10), b"hello")
            self.assertEqual(process.wait(20), 0)

    def test_broadcast_is_switched_on_and_off(self):
        # The descriptor is this test's too: both see the same option.
        app = self.pack_program("broadcast_is_switched_on_and_off.js")
        for call, before, after in (("[true]", 0, True), ("[0, true]", 0, True), ("[0, false]", 1, False)):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as shared:
                shared.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, before)
                process, told = self.start(app, str(shared.fileno()), call, pass_fds=[shared.fileno()])
                self.assertEqual((told, process.wait(20)), (["0"], 0))
                self.assertEqual(bool(shared.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)), after, call)

    def test_memory_that_may_shrink_is_refused(self):
        self.assert_prints("memory_that_may_shrink_is_refused.js")

    def test_order_and_loss_on_loopback(self):
        self.assert_prints("order_and_loss_on_loopback.js")

    def test_stop_and_start_again(self):
        self.assert_prints("stop_and_start_again.js")

    def test_a_message_that_is_too_long(self):
        self.assert_prints("a_message_that_is_too_long.js")

    def test_errors(self):
        self.assert_prints("errors.js")

    def test_closing_twice_and_use_after_close(self):
        self.assert_prints("closing_twice_and_use_after_close.js")

    def test_callbacks_that_throw_close_and_shut_down(self):
        self.assert_prints("callbacks_that_throw_close_and_shut_down.js")

    def test_dropped_sockets_are_collected(self):
        self.assert_prints("dropped_sockets_are_collected.js", "--v8-flags=--expose-gc")

    def test_sending_from_on_send_does_not_nest(self):
        self.assert_prints("sending_from_on_send_does_not_nest.js")

    def test_unref(self):
        self.assert_prints("unref.js")


if __name__ == "__main__":
    e2e.main()
