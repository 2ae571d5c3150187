#!/usr/bin/env python3
"""How a packed program meets its process: signals, closed pipes, PID 1, memory's end, run-time state."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class ProcessTest(e2e.TestCase):
    def start(self, app, prefix=(), **kwargs):
        """Starts an app that prints `ready` when it waits."""
        process = subprocess.Popen(
            [*prefix, app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV, **kwargs
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        return process

    def test_default_signals_end_with_128_plus_n(self):
        app = self.pack_source("console.log('ready'); setInterval(() => {}, 1000);")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process = self.start(app)
            process.send_signal(number)
            self.assertEqual(process.wait(10), -number)
            self.assertEqual(process.stderr.read(), b"")
        shell = e2e.run(["bash", "-c", '"$0" & p=$!; sleep $1; kill -TERM $p; wait $p; echo $?', app, str(0.3 * e2e.patience())])
        self.assertEqual(shell.out, "ready\n143\n", shell)

    def test_signal_listener(self):
        app = self.pack_program("signal_listener.js")
        process = self.start(app)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 4)
        self.assertEqual(process.stdout.read(), b"SIGTERM 15\n")

    def test_endless_loop_ends_on_sigterm(self):
        process = self.start(self.pack_source("console.log('ready'); for (;;);"))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), -signal.SIGTERM)

    def test_sigterm_as_pid_1(self):
        # The kernel drops signals that PID 1 has no handler for: `docker stop` must not wait for its SIGKILL.
        reason = e2e.can_use_namespaces()
        if reason:
            self.skipTest(f"no namespaces here: {reason}")
        app = self.pack_source("console.log('ready'); if (process.pid !== 1) throw process.pid; setInterval(() => {}, 1000);")
        script = 'unshare --pid --fork --kill-child -- "$0" & wait %1; echo "code $?"'
        process = self.start(app, ["bash", "-c", script], start_new_session=True)
        children = subprocess.run(["pgrep", "-f", "-x", app], capture_output=True, text=True, check=True).stdout.split()
        os.kill(int(children[0]), signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
        self.assertEqual(output, b"code 143\n")

    def test_closed_stdout_is_no_trace(self):
        app = self.pack_source("for (let i = 0; i < 100000; i++) console.log('line ' + i);")
        result = e2e.run(["bash", "-c", 'set -o pipefail; "$0" | head -n 1; echo "${PIPESTATUS[0]}" >&2', app])
        self.assertEqual(result.out, "line 0\n")
        self.assertIn(result.err, ("0\n", "1\n", "141\n"), "no stack trace, no message")

    def test_closed_descriptors(self):
        app = self.pack_source("console.log('x'); console.error('y'); process.exitCode = 3;")
        result = e2e.run(["bash", "-c", '"$0" <&- >&- 2>&-', app])
        self.assertEqual(result.code, 3, result)

    def test_dev_full_is_an_error(self):
        app = self.pack_source("process.stdout.write('x'); process.on('exit', () => {});")
        result = e2e.run(["bash", "-c", '"$0" >/dev/full', app])
        self.assertEqual(result.code, 1, result)
        self.assertIn("ENOSPC", result.err)

    def test_large_output_through_a_slow_pipe(self):
        app = self.pack_source("process.stdout.write('x'.repeat(3_000_000)); process.exit(0);")
        result = e2e.run(["bash", "-c", '"$0" | { sleep 0.5; wc -c; }', app])
        self.assertEqual(result.out.strip(), "3000000", result)

    def test_out_of_memory_is_one_line(self):
        app = self.pack_source(
            "const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));", "--v8-flags=--max-old-space-size=40"
        )
        result = e2e.run([app])
        self.assertNotEqual(result.code, 0, result)
        self.assertEqual(result.err.count("\n"), 1, result)
        self.assertIn("out of memory", result.err)

    @unittest.skipUnless(os.getuid() == 0, "needs to become another user")
    def test_a_refused_thread_is_one_line(self):
        if e2e.is_sanitized():
            self.skipTest("a sanitizer's program has C++'s own end of an exception")
        app = self.pack_program("a_refused_thread_is_one_line.js")
        os.chmod(app, 0o755)
        # The other user may not come to where the app lies, so it starts from a descriptor.
        descriptor = os.open(app, os.O_RDONLY)
        self.addCleanup(os.close, descriptor)

        def become_nobody_without_threads():
            os.setgid(65533)
            os.setuid(65533)
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))

        result = subprocess.run(
            [f"/proc/self/fd/{descriptor}"], pass_fds=[descriptor], preexec_fn=become_nobody_without_threads,
            capture_output=True, text=True, check=False,
        )
        self.assertEqual(result.returncode, 134)
        self.assertEqual(result.stderr, "fatal: the system refuses a thread or a lock: Resource temporarily unavailable\n")

    def test_stack_overflow_is_a_range_error(self):
        app = self.pack_program("stack_overflow_is_a_range_error.js")
        self.assert_runs([app], out="true Maximum call stack size exceeded true\n")

    def test_math_random_differs_from_run_to_run(self):
        # The heap, and V8's generator with it, comes out of a snapshot.
        app = self.pack_source("dv8.main(() => console.log(Math.random(), Math.random()));", "--snapshot=app")
        self.assertEqual(len({self.assert_runs([app]).out for _ in range(5)}), 5)
        app = self.pack_source("console.log(Math.random());")
        self.assertEqual(len({self.assert_runs([app]).out for _ in range(5)}), 5)

    def test_state_is_read_at_run_time(self):
        app = self.pack_program("state_is_read_at_run_time.js", env={"TZ": "Asia/Tokyo", "WHO": "packer"})
        folder = e2e.scratch("cwd")
        self.assert_runs(
            [app, "a b", "", "--c"],
            out=f"15 -330 reader {folder} /home/x\na b||--c true\n",
            cwd=folder,
            env={"TZ": "Asia/Kolkata", "WHO": "reader", "HOME": "/home/x"},
        )
        self.assert_runs([app], out=f"9 0 undefined {folder} /home/x\n false\n", cwd=folder, env={"TZ": "UTC", "HOME": "/home/x"})

    def test_environment_changes_nothing(self):
        app = self.pack_program("environment_changes_nothing.js")
        folder = e2e.scratch("cwd")
        e2e.write_tree(
            folder,
            {
                ".env": "FROM_DOTENV=1\n",
                "bunfig.toml": 'preload = ["./evil.js"]\n',
                "evil.js": "globalThis.injected = 1; console.log('evil');",
                "package.json": '{"type": "module", "main": "evil.js"}',
                "dv8pack.json": "{}",
            },
        )
        environment = {
            "NODE_OPTIONS": "--require ./evil.js --expose-gc",
            "NODE_PATH": folder,
            "NODE_DEBUG": "fs,module",
            "NODE_V8_COVERAGE": folder,
            "BUN_OPTIONS": "--print 42",
            "BUN_BE_BUN": "1",
            "DENO_V8_FLAGS": "--expose-gc",
            "DV8_OPTIONS": "--expose-gc",
            "DV8_DISTDIR": folder,
            "V8_FLAGS": "--expose-gc",
            "UV_THREADPOOL_SIZE": "1",
            "ICU_DATA": folder,
        }
        expected = "0 undefined undefined false\n"
        self.assert_runs([app], out=expected, cwd=folder)
        self.assert_runs([app], out=expected, cwd=folder, env=environment)
        for option in ("--expose-gc", "--help", "--version", "--v8-flags=--expose-gc", "--inspect", "-e", "run", "-"):
            self.assert_runs([app, option], out=expected, cwd=folder, env=environment)
        self.assertEqual(sorted(os.listdir(folder)), [".env", "bunfig.toml", "dv8pack.json", "evil.js", "package.json"])

    def test_icu_looks_into_no_folder(self):
        app = self.pack_source("console.log(new Date(0).toLocaleString('en', { timeZone: 'Europe/Berlin' }));")
        folder = e2e.scratch("icu")
        trace = os.path.join(e2e.scratch("trace"), "log")
        try:
            result = e2e.run(
                ["strace", "-f", "-qq", "-e", "trace=file", "-o", trace, app],
                env={"ICU_DATA": folder, "ICU_TIMEZONE_FILES_DIR": folder},
            )
        except FileNotFoundError:
            self.skipTest("strace is not here")
        self.assertEqual(result.out, "1/1/1970, 1:00:00 AM\n", result)
        with open(trace, encoding="utf-8") as file:
            # The first line is the program's own execve, which lists its environment's size only.
            self.assertEqual([line for line in file if folder in line], [])

    def test_starts_no_thread_and_opens_no_file(self):
        if e2e.is_sanitized():
            self.skipTest("a sanitizer's program loads libraries")
        app = self.pack_source("console.log('hello world');")
        trace = os.path.join(e2e.scratch("trace"), "log")
        try:
            e2e.run(["strace", "-f", "-qq", "-e", "trace=clone,clone3,openat,open", "-o", trace, app])
        except FileNotFoundError:
            self.skipTest("strace is not here")
        with open(trace, encoding="utf-8") as file:
            lines = [line for line in file if "cgroup" not in line and "/proc/" not in line and "/sys/" not in line]
        self.assertEqual(lines, [])

    def test_cpu_bound_work_uses_the_compilers(self):
        app = self.pack_source(
            "let x = 0; for (let i = 0; i < 1e8; i++) x = (x * 31 + i) | 0; console.log(x);",
            "--v8-flags=--trace-opt",
        )
        result = e2e.run([app])
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.out, r"completed optimizing .* \(target TURBOFAN")

    def test_one_line_where_memory_may_not_be_made_executable(self):
        def deny_write_execute():
            PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
            if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
                os._exit(77)

        source = "console.log('runs');"
        result = e2e.run([self.pack_source(source)], preexec_fn=deny_write_execute)
        if result.code == 77:
            self.skipTest("the kernel has no PR_SET_MDWE")
        self.assertEqual(result.code, 134, result)
        self.assertRegex(result.err, r"^fatal: the system refused memory to V8: Permission denied .*--jitless\)\n$")
        result = e2e.run([self.pack_source(source, "--v8-flags=--jitless")], preexec_fn=deny_write_execute)
        self.assertEqual((result.code, result.out), (0, "runs\n"), result)

    def test_program_name_does_not_matter(self):
        folder = e2e.scratch("names")
        app = self.pack_source("console.log(process.argv.length, process.execPath === process.argv[0]);")
        renamed = os.path.join(folder, "a name with spaces")
        os.link(app, renamed)
        self.assert_runs([renamed], out="2 true\n")
        os.symlink(renamed, os.path.join(folder, "link"))
        self.assert_runs(["link"], out="2 true\n", env={"PATH": folder}, executable=os.path.join(folder, "link"))
        self.assert_runs(["bash", "-c", 'exec -a other "$0"', app], out="2 true\n")

    def test_exits_soon(self):
        app = self.pack_source("setTimeout(() => console.log('done'), 50);")
        started = time.monotonic()
        self.assert_runs([app], out="done\n")
        self.assertLess(time.monotonic() - started, 5)


if __name__ == "__main__":
    e2e.main()
