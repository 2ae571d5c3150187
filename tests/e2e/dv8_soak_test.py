#!/usr/bin/env python3
"""dv8's streams under full load for SOAK_SECONDS (20): nothing is lost, memory stays, no descriptor is left.

The ten minutes: bazel test //tests/e2e:dv8_soak_long
"""

import hashlib
import os
import random
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

SECONDS = float(os.environ.get("SOAK_SECONDS", "20"))
CLIENTS = 4



class SoakTest(e2e.TestCase):
    def state(self, pid):
        """(resident KiB, descriptors) of a process."""
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        return resident, len(os.listdir(f"/proc/{pid}/fd"))

    def test_sockets(self):
        app = self.pack_program("echo.js", "--env=core")
        server = subprocess.Popen([app], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        rc, port = server.stdout.readline().split()
        self.assertEqual(rc, b"0")
        end = time.monotonic() + SECONDS
        problems, counts = [], [0] * CLIENTS

        def client(number):
            chance = random.Random(number)
            block = chance.randbytes(1 << 20)
            while time.monotonic() < end and not problems:
                size = chance.randrange(1, 8 << 20)
                sent, got, total = hashlib.md5(), hashlib.md5(), 0
                with socket.create_connection(("127.0.0.1", int(port))) as peer:
                    def feed():
                        left = size
                        while left > 0:
                            part = block[: min(left, chance.randrange(1, 1 << 18))]
                            sent.update(part)
                            peer.sendall(part)
                            left -= len(part)
                        peer.shutdown(socket.SHUT_WR)
                    feeder = threading.Thread(target=feed)
                    feeder.start()
                    while data := peer.recv(1 << 18):
                        got.update(data)
                        total += len(data)
                    feeder.join()
                if (total, got.hexdigest()) != (size, sent.hexdigest()):
                    problems.append(f"client {number}: {total} of {size} bytes came back, or other ones")
                counts[number] += 1

        clients = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
        for thread in clients:
            thread.start()
        # What the collector lets pile up is highest at some time in each half.
        peaks = [0, 0]
        while time.monotonic() < end:
            half = 0 if time.monotonic() < end - SECONDS / 2 else 1
            peaks[half] = max(peaks[half], self.state(server.pid)[0])
            time.sleep(SECONDS / 200)
        for thread in clients:
            thread.join()
        time.sleep(0.3)
        _, descriptors = self.state(server.pid)
        self.assertEqual(problems, [])
        server.terminate()
        taken, closed = map(int, server.stdout.readline().split())
        self.assertEqual(server.wait(20), 0)
        self.assertEqual((taken, closed), (sum(counts), sum(counts)))
        self.assertGreater(taken, 10)
        # V8 lets some 64 MiB of dropped buffers pile up before it collects.
        if not e2e.is_sanitized():  # A sanitizer keeps what was freed.
            self.assertLess(peaks[1], max(peaks[0] + 12 * 1024, 128 * 1024), "memory grows")
        self.assertLess(descriptors, 20, "descriptors are left open")
        print(f"{taken} connections in {SECONDS:.0f} s; resident at most {peaks[0]} KiB in the first half, {peaks[1]} in the second", file=sys.stderr)


if __name__ == "__main__":
    e2e.main()
