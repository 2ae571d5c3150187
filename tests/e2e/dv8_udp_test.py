#!/usr/bin/env python3
"""dv8's udp: both families, nc as a client, and what goes wrong."""

import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

HEAD = "const { UDP } = library('udp', {}); const memory = new Uint8Array(65536); const u = new UDP(); u.setup(memory, memory);"


class UdpTest(e2e.TestCase):
    def lines(self, source, *options):
        result = e2e.run([self.pack_source(HEAD + source, *options)])
        self.assertEqual(result.code, 0, result)
        return result.out.splitlines()

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
            app = self.pack_source(
                HEAD + f"console.log(u.bind('{ip}', 0), u.portNumber(), u.getPeerName());"
                "u.onMessage((n, ip, port) => { console.log(n, ip, port, memory[0]); u.send(n, ip, port); if (n === 0) u.close(); }); u.start();"
            )
            process, (rc, port, own) = self.start(app)
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
        app = self.pack_source(HEAD + "console.log(u.open(Number(args[2])), u.portNumber()); u.onMessage((n, ip, port) => { u.send(n, ip, port); u.close(); }); u.start();")
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
        for call, before, after in (("u.setBroadcast(true)", 0, True), ("u.setBroadcast(0, true)", 0, True), ("u.setBroadcast(0, false)", 1, False)):
            app = self.pack_source(HEAD + f"u.open(Number(args[2])); console.log({call}); u.close();")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as shared:
                shared.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, before)
                process, told = self.start(app, str(shared.fileno()), pass_fds=[shared.fileno()])
                self.assertEqual((told, process.wait(20)), (["0"], 0))
                self.assertEqual(bool(shared.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)), after, call)

    def test_memory_that_may_shrink_is_refused(self):
        self.assertEqual(self.lines("try { u.setup(new ArrayBuffer(8, { maxByteLength: 16 })); console.log('no error'); } catch (e) { console.log(e.name, e.message); } u.close();"),
                         ["TypeError setup: the read buffer must not be a resizable ArrayBuffer"])

    def test_order_and_loss_on_loopback(self):
        self.assertEqual(self.lines(
            "const v = new UDP(); const other = new Uint8Array(8); v.setup(other, other); u.bind('127.0.0.1'); v.bind('127.0.0.1'); let next = 0, sent = 0;"
            "u.onMessage((n) => { if (memory[0] !== next % 256 || n !== 8) console.log('wrong', next, memory[0]); if (++next === 5000) { console.log(next, sent); u.close(); v.close(); } else { other[0] = next; v.send(8, '127.0.0.1', u.portNumber()); } });"
            "v.onSend((status) => { if (status === 0) sent++; }); u.start(); v.send(8, '127.0.0.1', u.portNumber());"
        ), ["5000 5000"])

    def test_stop_and_start_again(self):
        self.assertEqual(self.lines(
            "u.bind('127.0.0.1'); let got = 0; u.onMessage(() => got++); u.start(); u.stop(); u.send(1, '127.0.0.1', u.portNumber());"
            "setTimeout(() => { console.log(got); u.start(); setTimeout(() => { console.log(got); u.close(); }, 100); }, 100);"
        ), ["0", "1"])

    def test_a_message_that_is_too_long(self):
        self.assertEqual(self.lines(
            "const v = new UDP(); v.setup(new Uint8Array(4), new Uint8Array(16)); v.bind('127.0.0.1'); u.bind('127.0.0.1');"
            "v.onError((rc, message) => { console.log(rc, message); v.close(); u.close(); }); v.onMessage(() => console.log('no')); v.start(); u.send(16, '127.0.0.1', v.portNumber());"
        ), ["-90 EMSGSIZE: message too long"])

    def test_errors(self):
        self.assertEqual(self.lines(
            "const v = new UDP(); console.log(v.start(), u.bind('no ip', 1), u.bind('192.0.2.1', 0), u.send(1, 'no ip', 1), new UDP().open(99), u.error(-98));"
            "for (const f of [() => u.bind('127.0.0.1', -1), () => u.send(65537, '127.0.0.1', 1), () => u.send(1, '127.0.0.1', 99999), () => v.send(1, '127.0.0.1', 1), () => u.onMessage(1), () => u.setup(5), () => u.open(-1), () => u.open(2 ** 40)])"
            " try { f(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }"
            "console.log(u.bind('127.0.0.1'), u.setBroadcast(true), u.setBroadcast(0, false)); v.close(); u.close();"
        ), ["-105 -22 -99 -22 -9 EADDRINUSE: address already in use",
            "RangeError bind: port -1 is not from 0 to 65535",
            "RangeError send: length 65537 at offset 0 is outside the buffer of 65536 bytes",
            "RangeError send: port 99999 is not from 0 to 65535",
            "RangeError send: length 1 at offset 0 is outside the buffer of 0 bytes",
            "TypeError onMessage: the callback must be a function",
            "TypeError setup: the read buffer must be a Buffer with memory, an ArrayBuffer or a typed array",
            "RangeError open: -1 is no descriptor",
            "RangeError open: 1099511627776 is no descriptor",
            "0 0 0"])

    def test_closing_twice_and_use_after_close(self):
        self.assertEqual(self.lines(
            "u.bind('127.0.0.1'); u.onClose(() => { console.log('closed', u.start(), u.send(1, '127.0.0.1', 9), u.bind('127.0.0.1'), u.portNumber()); u.close(); }); u.start(); u.close(); u.close(); u.stop(); console.log(u.start());"
        ), ["-9", "closed -9 -9 -9 undefined"])

    def test_callbacks_that_throw_close_and_shut_down(self):
        self.assertEqual(self.lines(
            "u.bind('127.0.0.1'); const port = u.portNumber(); let n = 0; onUncaughtException((e) => console.log(e.message));"
            "u.onMessage(() => { if (++n === 1) { u.send(1, '127.0.0.1', port); throw new Error('thrown'); } u.close(); shutdown(); console.log('second'); }); u.start(); u.send(1, '127.0.0.1', port); setInterval(() => {}, 1000);"
        ), ["thrown", "second"])

    def test_dropped_sockets_are_collected(self):
        self.assertEqual(self.lines(
            "const fs = require('node:fs'); const count = () => fs.readdirSync('/proc/self/fd').length; const before = count();"
            "for (let i = 0; i < 200; i++) { const v = new UDP(); v.onMessage(() => v); v.bind('127.0.0.1'); } const most = count();"
            "setTimeout(() => { gc(); setTimeout(() => { gc(); setTimeout(() => console.log(most - before >= 200, count() - before < 50), 20); }, 20); }, 1);", "--v8-flags=--expose-gc"
        ), ["true true"])

    def test_sending_from_on_send_does_not_nest(self):
        self.assertEqual(self.lines(
            "u.bind('127.0.0.1'); let sent = 0, depth = 0, deepest = 0; const send = () => u.send(1, '127.0.0.1', u.portNumber());"
            "u.onSend((status) => { deepest = Math.max(deepest, ++depth); if (++sent < 20000) send(); else u.close(); depth--; });"
            "u.onClose(() => console.log(sent, deepest)); console.log(send());"
        ), ["0", "20000 1"])

    def test_unref(self):
        self.assertEqual(self.lines("u.bind('127.0.0.1'); u.start(); u.unref(); console.log('end');"), ["end"])


if __name__ == "__main__":
    e2e.main()
