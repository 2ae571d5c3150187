#!/usr/bin/env python3
"""The packer in surroundings that lack something: descriptors, memory, room for files, SIGCHLD."""

import glob
import os
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

MEBIBYTE = 1 << 20


class PackerLimitsTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        e2e.write_tree(self.folder, {"main.js": "console.log('hello');"})
        self.entry = os.path.join(self.folder, "main.js")
        self.temporary = e2e.scratch("tmp")
        self.output = os.path.join(e2e.scratch("out"), "app")

    def call(self, *options, **kwargs):
        return e2e.run([e2e.dv8pack(), self.entry, *options, "-o", self.output], env={"TMPDIR": self.temporary}, **kwargs)

    def leaves_nothing(self, result):
        self.assertEqual(os.listdir(self.temporary), [], result)
        self.assertEqual(os.listdir(os.path.dirname(self.output)), [], result)

    def test_closed_standard_streams(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(closed):
                script = f'"$0" "$1" --snapshot=app -o "$2" {closed}'
                e2e.write_tree(self.folder, {"main.js": "dv8.main(() => console.log('hello'));"})
                result = e2e.run(["bash", "-c", script, e2e.dv8pack(), self.entry, self.output])
                self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
                self.assert_runs([self.output], out="hello\n")
                os.unlink(self.output)

    def test_ignored_sigchld(self):
        def ignore():
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)

        self.assertEqual(self.call(preexec_fn=ignore).code, 0)
        os.unlink(self.output)
        # A tool says by its exit code alone that it knows no such flag.
        result = self.call("--v8-flags=--no-such-flag", preexec_fn=ignore)
        self.assertEqual(result.code, 2, result)
        self.assertIn("no-such-flag", result.err)
        self.leaves_nothing(result)

    def test_memory_of_the_packer(self):
        with open(os.path.join(self.folder, "big"), "wb") as file:
            file.truncate(3000 * MEBIBYTE)
        for kind, limit in ((resource.RLIMIT_AS, 2048 * MEBIBYTE), (resource.RLIMIT_DATA, MEBIBYTE)):
            result = self.call("--asset", os.path.join(self.folder, "big"), preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)))
            self.assertEqual((result.code, result.out, result.err), (1, "", "dv8pack: error: out of memory\n"), result)
            self.leaves_nothing(result)

    def test_memory_of_the_builder(self):
        e2e.write_tree(self.folder, {"main.js": "const kept = []; for (;;) kept.push({ list: [1, 2] });"})
        limit = 512 * MEBIBYTE
        result = self.call("--snapshot=app", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
        self.assertEqual(result.code, 1, result)
        self.assertIn("/app/main.js: error: out of memory while the snapshot was made\n", result.err)
        self.assertIn("up to the 0.5 GiB that dv8pack allows it here\n", result.err)
        self.leaves_nothing(result)

    def test_memory_of_esbuild(self):
        e2e.write_tree(self.folder, {f"m{i}.js": f"export const x{i} = '{'x' * 100_000}';\n" * 20 for i in range(20)})
        limit = 100 * MEBIBYTE
        e2e.write_tree(self.folder, {"main.js": "".join(f"export * from './m{i}.js';\n" for i in range(20))})
        result = self.call(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.err, "error: bundling takes more than the 0.1 GiB of memory that dv8pack allows it here\n  hint: that is ulimit's, or three quarters of the machine's or the container's\n")
        self.leaves_nothing(result)

    def test_files_may_not_grow(self):
        result = self.call(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MEBIBYTE, 4 * MEBIBYTE)))
        self.assertEqual(result.code, 1, result)
        self.assertIn("File too large", result.err)
        self.leaves_nothing(result)

    def test_quit_leaves_nothing(self):
        e2e.write_tree(self.folder, {"main.js": "for (;;);"})
        process = subprocess.Popen(
            [e2e.dv8pack(), "--snapshot=app", self.entry, "-o", self.output],
            stderr=subprocess.DEVNULL,
            env={**e2e.CLEAN_ENV, "TMPDIR": self.temporary},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
        )
        while not glob.glob(os.path.join(self.temporary, "*", "stdlib.txt")):
            time.sleep(0.02)
        process.send_signal(signal.SIGQUIT)
        self.assertEqual(process.wait(20), -signal.SIGQUIT)
        self.leaves_nothing(process)

    def test_sweeps_what_killed_packers_left(self):
        e2e.write_tree(self.folder, {"main.js": "for (;;);"})
        process = subprocess.Popen(
            [e2e.dv8pack(), "--snapshot=app", self.entry, "-o", self.output],
            stderr=subprocess.DEVNULL,
            env={**e2e.CLEAN_ENV, "TMPDIR": self.temporary},
        )
        while not glob.glob(os.path.join(self.temporary, "*", "stdlib.txt")):
            time.sleep(0.02)
        folder, = os.listdir(self.temporary)
        long_ago = time.time() - 3600
        os.utime(os.path.join(self.temporary, folder), (long_ago, long_ago))
        os.mkdir(os.path.join(self.temporary, "dv8pack-source"))
        os.utime(os.path.join(self.temporary, "dv8pack-source"), (long_ago, long_ago))
        e2e.write_tree(self.folder, {"main.js": "console.log('hello');"})
        # It still runs: its folder stays.
        self.assertEqual(self.call().code, 0)
        self.assertEqual(sorted(os.listdir(self.temporary)), ["dv8pack-source", folder])
        process.kill()
        process.wait()
        os.utime(os.path.join(self.temporary, folder), (long_ago, long_ago))
        self.assertEqual(self.call().code, 0)
        self.assertEqual(os.listdir(self.temporary), ["dv8pack-source"])


if __name__ == "__main__":
    e2e.main()
