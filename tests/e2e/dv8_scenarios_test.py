#!/usr/bin/env python3
"""The scenarios of dv8's README, with the packed examples in place of `dv8 x.js`."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

COUNT = 20000
BYTES = COUNT * 65536
ZEROS = f"dd if=/dev/zero count={COUNT} bs=65536 2>/dev/null"


class ScenariosTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = e2e.scratch()
        for name in ("count", "pipe", "pipecat", "netcat"):
            done = e2e.run([e2e.dv8pack(), "--env=core", e2e.repo(f"examples/{name}/main.js"), "-o", os.path.join(cls.folder, name)])
            assert done.code == 0, done

    def shell(self, script):
        result = e2e.run(["bash", "-o", "pipefail", "-c", script], cwd=self.folder, timeout=120)
        self.assertEqual(result.code, 0, result)
        return result

    def test_bench_tty(self):
        self.assertEqual(self.shell(f"{ZEROS} | ./count").out, f"{BYTES}\n")
        self.assertEqual(self.shell(f"{ZEROS} | ./pipe | ./count").out, f"{BYTES}\n")

    def test_bench_tty_as_a_script(self):
        result = self.shell(f"{e2e.repo('examples/bench-tty/bench-tty.sh')} . 64")
        self.assertEqual(result.out, f"{64 << 20}\n" * 2)
        self.assertRegex(result.err, r"^count:\n67108864 bytes .*MiB/s\npipe into count:\n67108864 bytes .*MiB/s\n$")

    def test_verify_tty(self):
        with open(os.path.join(self.folder, "data"), "wb") as file:
            file.write(os.urandom(50_000_017))
        for tool in ("cksum", "md5sum"):
            expected = self.shell(f"{tool} < data").out
            self.assertEqual(self.shell(f"cat data | ./pipe | {tool}").out, expected)
            self.assertEqual(self.shell(f"./pipe < data | {tool}").out, expected)

    def listening(self, command):
        """Starts a shell command that listens at pipe.sock; gives it when it does."""
        process = subprocess.Popen(["bash", "-o", "pipefail", "-c", command], cwd=self.folder, stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.kill)
        path = os.path.join(self.folder, "pipe.sock")
        end = time.monotonic() + 20
        while not os.path.exists(path) and time.monotonic() < end:
            time.sleep(0.02)
        return process

    def finish(self, process):
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        return out.decode()

    def test_pipecat_and_socat(self):
        server = self.listening("rm -f pipe.sock; exec ./pipecat pipe.sock | ./count")
        self.shell(f"{ZEROS} | socat -u - unix:pipe.sock")
        self.assertEqual(self.finish(server), f"{BYTES}\n")

    def test_pipecat_and_netcat(self):
        server = self.listening("rm -f pipe.sock; ./pipecat pipe.sock | ./count")
        self.shell(f"{ZEROS} | ./netcat pipe.sock")
        self.assertEqual(self.finish(server), f"{BYTES}\n")

    def test_netcat_and_socat(self):
        server = self.listening("rm -f pipe.sock; socat -u unix-listen:pipe.sock - | ./count")
        self.shell(f"{ZEROS} | ./netcat pipe.sock")
        self.assertEqual(self.finish(server), f"{BYTES}\n")

    def test_netcat_over_tcp(self):
        server = subprocess.Popen(["nc", "-l", "127.0.0.1", "0", "-v"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(server.kill)
        self.addCleanup(server.stderr.close)
        port = server.stderr.readline().decode().split()[-1]
        self.shell(f"echo over tcp | ./netcat 127.0.0.1 {port}")
        self.assertEqual(server.communicate(timeout=20)[0], b"over tcp\n")

    def test_pipecat_in_use(self):
        self.listening("rm -f pipe.sock; exec ./pipecat pipe.sock")
        second = e2e.run(["./pipecat", "pipe.sock"], cwd=self.folder)
        self.assertEqual((second.out, second.err), ("", "pipe.sock: EADDRINUSE: address already in use\n"))
        os.unlink(os.path.join(self.folder, "pipe.sock"))


if __name__ == "__main__":
    e2e.main()
