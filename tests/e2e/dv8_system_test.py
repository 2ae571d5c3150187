#!/usr/bin/env python3
"""dv8's fs, posix and shmem."""

import os
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class SystemTest(e2e.TestCase):
    def test_flags_are_the_systems(self):
        names = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "O_EXCL", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "O_DIRECTORY", "O_NOFOLLOW", "O_SYNC", "O_DSYNC"]
        app = self.pack_program("flags.mjs")
        self.assertEqual(e2e.run([app, *names]).out.split(), [str(getattr(os, name)) for name in names])

    def test_file(self):
        self.assert_prints("file.js")

    def test_a_new_file_has_mode_666(self):
        folder = e2e.scratch()
        app = self.pack_program("a_new_file_has_mode_666.js")
        self.assertEqual(e2e.run(["bash", "-c", 'umask 0; exec "$0"', app], cwd=folder).out, "true 0\n")
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, "new")).st_mode), 0o666)

    def test_a_dropped_file_is_closed(self):
        self.assert_prints("a_dropped_file_is_closed.js", "--v8-flags=--expose-gc")

    def test_file_system(self):
        self.assert_prints("file_system.js")

    def test_copy_of_what_is_no_other_file(self):
        self.assert_prints("copy_of_what_is_no_other_file.js")

    def test_nothing_stays_open_in_a_snapshot(self):
        for name, message in (
            ("file_in_a_snapshot.js", "was opened here"),
            ("queue_in_a_snapshot.js", "A message queue cannot be opened while the snapshot is made"),
            ("shared_memory_in_a_snapshot.js", "Shared memory cannot be opened while the snapshot is made"),
        ):
            output = os.path.join(e2e.scratch(), "app")
            result = e2e.run([e2e.dv8pack(), "--snapshot=app", e2e.program(name), "-o", output], timeout=120)
            self.assertEqual(result.code, 1, result)
            self.assertIn(message, result.err)

    def test_modes_of_a_queue(self):
        self.assert_prints("modes_of_a_queue.js")

    def test_queue_between_processes(self):
        app = self.pack_program("queue_between_processes.js")
        name = f"/dv8-test-{os.getpid()}"
        consumer = subprocess.Popen([app, name, "recv"], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(consumer.kill)
        self.assertEqual(consumer.stdout.readline(), b"true\n")
        self.assert_runs([app, name, "send"], out="")
        out, _ = consumer.communicate(timeout=20)
        self.assertEqual(out, b"100 0 0 -9\n")

    def test_queue_rules(self):
        self.assert_prints("queue_rules.js")

    def test_dropped_queues_are_closed(self):
        self.assert_prints("dropped_queues_are_closed.js", "--v8-flags=--expose-gc")

    def test_shared_memory_between_processes(self):
        app = self.pack_program("shared_memory_between_processes.js")
        name = f"/dv8-test-{os.getpid()}"
        self.addCleanup(lambda: os.path.exists(f"/dev/shm{name}") and os.unlink(f"/dev/shm{name}"))
        processes = [subprocess.Popen([app, name], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV) for _ in range(4)]
        for process in processes:
            self.assertEqual(process.communicate(timeout=30)[0], b"true 1048576\n")
        self.assert_prints("shared_memory_total.js", args=[name])

    def test_shared_memory_rules(self):
        self.assert_prints("shared_memory_rules.js", "--v8-flags=--expose-gc")


if __name__ == "__main__":
    e2e.main()
