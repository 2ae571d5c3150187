#!/usr/bin/env python3
"""The output appears at once and whole: killed packers, full disks, modes, folders that cannot be written."""

import filecmp
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

HELLO = "console.log('hello world');\n"


class OutputTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        e2e.write_tree(self.folder, {"main.js": HELLO})
        self.entry = os.path.join(self.folder, "main.js")
        self.out_folder = e2e.scratch("out")
        self.output = os.path.join(self.out_folder, "app")

    def packed(self, *options, **kwargs):
        return e2e.run([e2e.dv8pack(), *options, self.entry, "-o", self.output], **kwargs)

    def test_mode_follows_the_umask(self):
        for umask, mode in ((0o022, 0o755), (0o077, 0o700), (0o002, 0o775)):
            with self.subTest(oct(umask)):
                result = self.packed(umask=umask)
                self.assertEqual(result.code, 0, result)
                self.assertEqual(stat.S_IMODE(os.stat(self.output).st_mode), mode)
                os.unlink(self.output)

    def test_existing_mode_stays(self):
        e2e.write_tree(self.out_folder, {"app": "old"})
        os.chmod(self.output, 0o750)
        self.assertEqual(self.packed().code, 0)
        self.assertEqual(stat.S_IMODE(os.stat(self.output).st_mode), 0o750)

    def test_replaces_while_the_old_one_runs(self):
        self.pack_source("console.log('old'); setTimeout(() => console.log('old still'), 2500);", output=self.output)
        process = subprocess.Popen([self.output], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.assertEqual(process.stdout.readline(), b"old\n")
        self.assertEqual(self.packed().code, 0)
        self.assert_runs([self.output], out="hello world\n")
        self.assertEqual(process.communicate(timeout=20)[0], b"old still\n")

    def test_symbolic_link_as_output(self):
        e2e.write_tree(self.out_folder, {"real": "old"})
        os.chmod(os.path.join(self.out_folder, "real"), 0o755)
        os.symlink("real", self.output)
        self.assertEqual(self.packed().code, 0)
        self.assert_runs([self.output], out="hello world\n")
        self.assertEqual(len(os.listdir(self.out_folder)), 2)

    def test_killed_at_any_moment(self):
        # The old output stays whole, or the new one is there whole. SIGKILL may leave no trace either.
        seed = random.SystemRandom().randrange(1 << 30)
        moments = random.Random(seed)
        started = time.monotonic()
        self.assertEqual(self.packed().code, 0)
        whole_run = time.monotonic() - started
        with open(self.output, "rb") as file:
            complete = file.read()
        for number in [signal.SIGKILL, signal.SIGTERM, signal.SIGINT] * 6:
            e2e.write_tree(self.out_folder, {"app": "old"})
            os.chmod(self.output, 0o755)
            temporary = e2e.scratch("tmp")
            process = subprocess.Popen(
                [e2e.dv8pack(), self.entry, "-o", self.output],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**e2e.CLEAN_ENV, "TMPDIR": temporary},
                start_new_session=True,
            )
            time.sleep(moments.uniform(0, whole_run * 1.05))
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
            where = f"seed {seed}, signal {number}, exit {process.returncode}, {err}"
            with open(self.output, "rb") as file:
                content = file.read()
            self.assertTrue(content in (b"old", complete), where)
            self.assertEqual(os.listdir(self.out_folder), ["app"], where)
            self.assertEqual(sorted(os.listdir(self.folder)), ["main.js"], where)
            if number != signal.SIGKILL:
                self.assertEqual(os.listdir(temporary), [], where)
            # No orphan goes on: esbuild and the snapshot builder die with the packer.
            self.assertEqual(self.left_in_session(process.pid), "", where)

    def test_killed_packer_takes_its_children_along(self):
        e2e.write_tree(self.folder, {"main.js": "for (;;);"})
        for number in (signal.SIGTERM, signal.SIGKILL):
            process = subprocess.Popen(
                [e2e.dv8pack(), "--snapshot=app", self.entry, "-o", self.output],
                stderr=subprocess.DEVNULL,
                env=e2e.CLEAN_ENV,
                start_new_session=True,
            )
            time.sleep(1)
            process.send_signal(number)
            process.wait(10)
            left = self.left_in_session(process.pid)
            subprocess.run(["pkill", "-KILL", "-s", str(process.pid)], check=False)
            self.assertEqual(left, "")

    def left_in_session(self, session):
        """The processes that are left of a session, after a moment to end."""
        for _ in range(20):
            left = subprocess.run(["ps", "-s", str(session), "-o", "pid=,stat=,args="], capture_output=True, text=True, check=False)
            alive = [line for line in left.stdout.splitlines() if line.split()[1][0] != "Z"]
            if not alive:
                return ""
            time.sleep(0.1)
        return "\n".join(alive)

    def test_disk_full(self):
        reason = e2e.can_use_namespaces()
        if reason:
            self.skipTest(f"no namespaces here: {reason}")
        script = (
            'mount -t tmpfs -o size=4m none "$1" && printf old >"$1/app" && '
            '"$0" "$2" -o "$1/app"; code=$?; ls -A "$1"; cat "$1/app"; exit $code'
        )
        result = e2e.run(e2e.namespace(["--mount"], ["bash", "-c", script, e2e.dv8pack(), self.out_folder, self.entry]))
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.out, "app\nold", result)
        self.assertIn("no space left on device", result.err.lower())
        self.assertIn("app", result.err)

    def test_temporary_folder_full(self):
        reason = e2e.can_use_namespaces()
        if reason:
            self.skipTest(f"no namespaces here: {reason}")
        temporary = e2e.scratch("tmp")
        script = (
            'mount -t tmpfs -o size=64k none "$1" && head -c 60k /dev/zero >"$1/fill"; '
            'TMPDIR=$1 "$0" "$2" -o "$3"; code=$?; ls -A "$1"; exit $code'
        )
        argv = ["bash", "-c", script, e2e.dv8pack(), temporary, self.entry, self.output]
        result = e2e.run(e2e.namespace(["--mount"], argv))
        self.assertEqual(result.out, "fill\n", result)
        if result.code == 0:
            self.assert_runs([self.output], out="hello world\n")  # It found another place.
        else:
            self.assertEqual(result.code, 1, result)
            self.assertIn("no space left on device", result.err.lower())
            self.assertEqual(os.listdir(self.out_folder), [])

    def test_directory_as_output(self):
        os.mkdir(self.output)
        result = self.packed()
        self.assertEqual(result.code, 1, result)
        self.assertIn("is a directory", result.err)
        self.assertIn(self.output, result.err)
        self.assertEqual(os.listdir(self.out_folder), ["app"])
        self.assertEqual(os.listdir(self.output), [])

    def test_folder_that_is_not_there(self):
        output = os.path.join(self.out_folder, "missing", "app")
        result = e2e.run([e2e.dv8pack(), self.entry, "-o", output])
        self.assertEqual(result.code, 1, result)
        self.assertIn("no such file or directory", result.err.lower())
        self.assertEqual(os.listdir(self.out_folder), [])

    def test_folder_that_cannot_be_written(self):
        if os.geteuid() == 0:
            # Root may write anywhere that is not read-only.
            result = e2e.run([e2e.dv8pack(), self.entry, "-o", "/proc/app"])
        else:
            os.chmod(self.out_folder, 0o500)
            result = self.packed()
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.err.count("\n"), 1, result)
        self.assertEqual(os.listdir(self.out_folder), [])

    def test_output_over_the_entry_is_refused(self):
        result = e2e.run([e2e.dv8pack(), self.entry, "-o", self.entry])
        self.assertNotEqual(result.code, 0, result)
        with open(self.entry, encoding="utf-8") as file:
            self.assertEqual(file.read(), HELLO)

    def refuses_to_replace(self, output, what, *options):
        """Packs over `output`, a path in the source folder, which must stay as it was."""
        path = os.path.join(self.folder, output)
        with open(path, "rb") as file:
            before = file.read()
        names = sorted(os.listdir(self.folder))
        result = e2e.run([e2e.dv8pack(), "main.js", *options, "-o", output], cwd=self.folder)
        self.assertEqual((result.code, result.out), (1, ""), result)
        self.assertEqual(result.err, f"{output}: error: the output would replace {what}\n  hint: name another file with -o\n")
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(sorted(os.listdir(self.folder)), names)

    def test_output_over_an_input_is_refused(self):
        e2e.write_tree(self.folder, {
            "main.js": "require('./lib/a.js'); require('./table.csv');",
            "lib/a.js": "exports.a = 1;",
            "table.csv": "1,2",
            "notes.txt": "notes",
            "package.json": "{}",
            "tsconfig.base.json": "{}",
            "data/users.db": "users",
        })
        os.symlink("lib/a.js", os.path.join(self.folder, "link"))
        os.link(os.path.join(self.folder, "lib", "a.js"), os.path.join(self.folder, "second_name"))
        for output in ("lib/a.js", "table.csv", "link", "second_name"):
            with self.subTest(output):
                self.refuses_to_replace(output, "a file that the app is made of", "--loader", ".csv=text")
        for output, what, options in (
            ("main.js", "the entry", ()),
            ("notes.txt", "an asset", ("--asset", "notes.txt")),
            ("package.json", "a JSON file", ()),
            ("tsconfig.base.json", "a JSON file", ()),
        ):
            with self.subTest(output):
                self.refuses_to_replace(output, what, "--loader", ".csv=text", *options)
        result = e2e.run([e2e.dv8pack(), "main.js", "--loader", ".csv=text", "--asset", "data", "-o", "data/users.db"], cwd=self.folder)
        self.assertEqual(result.code, 1, result)
        self.assertIn("/data/users.db: error: the output would replace an asset", result.err)
        with open(os.path.join(self.folder, "data", "users.db"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "users")

    def test_output_over_dv8pack_is_refused(self):
        copy = os.path.join(e2e.scratch("copy"), "dv8pack")
        shutil.copytree(e2e.dist(), copy)
        tool = os.path.join(copy, "bin", "dv8pack")
        for part in ("bin/dv8pack", "libexec/esbuild", "libexec/dv8-runtime", "share/dv8pack/icu/icudt76l-en.dat"):
            path = os.path.join(copy, part)
            result = e2e.run([tool, self.entry, "-o", path])
            self.assertEqual(result.code, 1, result)
            self.assertIn("the output would replace a part of dv8pack", result.err)
            self.assertTrue(filecmp.cmp(path, os.path.join(e2e.dist(), part), shallow=False))

    def test_output_in_an_asset_folder(self):
        # Neither the last output nor the repository goes in, whatever way leads to the output.
        e2e.write_tree(self.folder, {
            "main.js": "console.log(require('fs').readdirSync(__dirname).join(' '), require('fs').readdirSync(__dirname + '/sub').join(' '));",
            "sub/.git": "gitdir: elsewhere",
            "sub/x": "x",
            ".git/config": "",
        })
        sizes = set()
        for _ in range(3):
            result = e2e.run([e2e.dv8pack(), "main.js", "--asset", ".", "-o", "./sub/../app"], cwd=self.folder, env={"TMPDIR": self.folder})
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assert_runs([os.path.join(self.folder, "app")], out="main.js sub x\n")
            sizes.add(os.stat(os.path.join(self.folder, "app")).st_size)
        self.assertEqual(len(sizes), 1)

    def test_assets_that_are_no_files(self):
        os.mkfifo(os.path.join(self.folder, "pipe"))
        for asset, path in ((".", os.path.join(self.folder, "pipe")), ("pipe", os.path.join(self.folder, "pipe")), ("/dev/zero", "/dev/zero")):
            result = e2e.run([e2e.dv8pack(), "main.js", "--asset", asset, "-o", self.output], cwd=self.folder, timeout=20)
            self.assertEqual((result.code, result.err), (1, f"{path}: error: is no ordinary file\n"), result)
        self.assertEqual(os.listdir(self.out_folder), [])


if __name__ == "__main__":
    e2e.main()
