#!/usr/bin/env python3
"""The packer's command line: help, version, licences, usage errors (exit 2), inspect, run."""

import os
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class UsageTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        e2e.write_tree(self.folder, {"main.js": "console.log('hello', process.argv.slice(2).join('|')); process.exitCode = 5;"})

    def call(self, *args, **kwargs):
        return e2e.run([e2e.dv8pack(), *args], cwd=self.folder, **kwargs)

    def test_help(self):
        result = self.call("--help")
        self.assertEqual((result.code, result.err), (0, ""), result)
        for option in ("--snapshot", "--minify", "--asset", "--icu", "--compress", "--define", "--external", "--v8-flags", "--licenses"):
            self.assertIn(option, result.out)

    def test_version(self):
        result = self.call("--version")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertRegex(result.out, r"^dv8pack \d+\.\d+\.\d+")

    def test_licenses_of_everything(self):
        result = self.call("--licenses")
        self.assertEqual((result.code, result.err), (0, ""), result)
        for name in ("dv8pack", "V8", "ICU", "libuv", "simdutf", "esbuild", "glibc", "undici", "zlib", "lz4", "OpenSSL"):
            self.assertIn(name.lower(), result.out.lower())
        self.assertIn("Permission is hereby granted", result.out)
        self.assertIn("UNICODE LICENSE V3", result.out)

    def test_no_arguments(self):
        result = self.call()
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertEqual(result.err, "dv8pack: error: which file does the app start with?\n  hint: dv8pack --help says how it is used\n")

    def test_output_is_named_after_the_entry(self):
        result = self.call("main.js")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual(sorted(os.listdir(self.folder)), ["main", "main.js"])

    def test_two_entries(self):
        result = self.call("main.js", "main.js", "-o", "app")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertEqual(os.listdir(self.folder), ["main.js"])

    def test_unreadable_entry(self):
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        os.chmod(os.path.join(self.folder, "main.js"), 0)
        result = self.call("main.js", "-o", "app")
        self.assertEqual((result.code, result.err), (1, "main.js: error: cannot be read: Permission denied\n"), result)

    def test_run_passes_arguments_and_exit_code(self):
        result = self.call("run", "main.js", "a b", "--minify", "-o")
        self.assertEqual((result.code, result.out, result.err), (5, "hello a b|--minify|-o\n", ""), result)
        self.assertEqual(os.listdir(self.folder), ["main.js"])

    def test_inspect(self):
        self.call("main.js", "-o", "app")
        result = self.call("inspect", "app")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("/app/main.js", result.out)
        self.assertRegex(result.out, r"heap image|snapshot")
        foreign = self.call("inspect", "/bin/true")
        self.assertEqual((foreign.code, foreign.out), (1, ""), foreign)
        self.assertEqual(self.call("inspect", "main.js").code, 1)

    def test_odd_names(self):
        e2e.write_tree(self.folder, {"a dir/ein 'Name' $x ąę.js": "console.log(__filename);"})
        result = self.call("a dir/ein 'Name' $x ąę.js", "-o", "an app")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assert_runs([os.path.join(self.folder, "an app")], out="/app/ein 'Name' $x ąę.js\n")

    def test_entry_that_starts_with_a_dash(self):
        e2e.write_tree(self.folder, {"-main.js": "console.log('dash');"})
        result = self.call("-o", "app", "--", "-main.js")
        self.assertEqual((result.code, result.err), (0, ""), result)

    def test_works_from_a_link_and_a_copy(self):
        link = os.path.join(e2e.scratch("link"), "dv8pack")
        os.symlink(e2e.dv8pack(), link)
        result = e2e.run([link, "main.js", "-o", "app"], cwd=self.folder)
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertTrue(os.stat(os.path.join(self.folder, "app")).st_mode & stat.S_IXUSR)

    def test_environment_does_not_change_the_output(self):
        first = os.path.join(self.folder, "first")
        second = os.path.join(self.folder, "second")
        self.call("main.js", "-o", first)
        e2e.write_tree(self.folder, {".env": "A=1\n", "dv8pack.json": "{}"})
        result = self.call(
            "main.js", "-o", second,
            env={"ESBUILD_BINARY_PATH": "/nowhere", "NODE_PATH": "/nowhere", "NODE_OPTIONS": "--x", "NODE_ENV": "production", "DV8_OPTIONS": "--minify"},
        )
        self.assertEqual(result.code, 0, result)
        with open(first, "rb") as a, open(second, "rb") as b:
            self.assertEqual(a.read() == b.read(), True)


if __name__ == "__main__":
    e2e.main()
