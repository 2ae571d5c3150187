#!/usr/bin/env python3
"""V8's flags: fixed when packing, or taken from the command line of a program that was packed to."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

SOURCE = "console.log(typeof gc, JSON.stringify(process.argv.slice(2)));"


# All that V8's parser takes for one flag.
FORMS = (
    "--norehash-snapshot", "--no-rehash_snapshot", "--no_rehash-snapshot", "-no-rehash-snapshot", "-norehash_snapshot",
    "-rehash-snapshot", "--rehash_snapshot=x", "--norandom-seed=1", "-hash_seed=7", "--nosingle-threaded", "--noflush_bytecode",
    "--no_reuse_scope_infos", "--nofreeze-flags-after-init",
)


class V8FlagsTest(e2e.TestCase):
    def test_fixed_flags_have_effect(self):
        self.assertEqual(e2e.run([self.pack_source(SOURCE, "--v8-flags=--expose-gc")]).out, "function []\n")
        self.assert_prints("deep.js", "--v8-flags=--stack-size=4000")

    def test_refused_when_packing(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"main.js": SOURCE})
        for flags, message in (
            ("--no-such-flag", "V8 does not know the flag '--no-such-flag'"),
            ("--expose-gc --nope=1", "V8 does not know the flag '--nope=1'"),
            ("expose-gc", "'expose-gc' is not a flag: flags begin with --"),
            ("--hash-seed=5", "the flag '--hash-seed=5' would change how the snapshot is made or read"),
            ("--no-rehash-snapshot", "the flag '--no-rehash-snapshot' would change how the snapshot is made or read"),
            ("--random_seed=1", "the flag '--random_seed=1' would change how the snapshot is made or read"),
            *((flag, f"the flag '{flag}' would change how the snapshot is made or read") for flag in FORMS),
            ("--stack-trace-limit=5\v--norehash-snapshot", "the flag '--norehash-snapshot' would change how the snapshot is made or read"),
            (f"--{'x' * 2000}=1", f"V8 does not know the flag '--{'x' * 2000}=1'"),
            ("--predictable", "the flag '--predictable' would change how the snapshot is made or read"),
        ):
            result = e2e.run([e2e.dv8pack(), f"--v8-flags={flags}", "main.js", "-o", "app"], cwd=folder)
            self.assertEqual((result.code, result.err), (2, f"error: --v8-flags: {message}\n"), flags)
        self.assertEqual(os.listdir(folder), ["main.js"])

    def test_taken_from_the_command_line_only_when_allowed(self):
        plain = self.pack_source(SOURCE)
        self.assertEqual(e2e.run([plain, "--v8-flags=--expose-gc", "x"]).out, 'undefined ["--v8-flags=--expose-gc","x"]\n')
        app = self.pack_source(SOURCE, "--allow-v8-flags")
        self.assertEqual(e2e.run([app, "x"]).out, 'undefined ["x"]\n')
        self.assertEqual(e2e.run([app, "--v8-flags=--expose-gc", "x"]).out, 'function ["x"]\n')
        self.assertEqual(e2e.run([app, "--v8-flags=--expose-gc --no-opt", "--v8-flags=--max-lazy", "x", "--v8-flags=y"]).out, 'function ["x","--v8-flags=y"]\n')
        self.assertEqual(e2e.run([app, "x"], env={"V8_FLAGS": "--expose-gc", "NODE_OPTIONS": "--expose-gc"}).out, 'undefined ["x"]\n')

    def test_allowed_flags_add_to_the_fixed_ones(self):
        app = self.pack_source(SOURCE + "console.log(1);", "--allow-v8-flags", "--v8-flags=--expose-gc")
        self.assertEqual(e2e.run([app, "--v8-flags=--max-old-space-size=64"]).out, "function []\n1\n")
        grow = self.pack_source("const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));", "--allow-v8-flags")
        self.assertIn("reached its limit of", e2e.run([grow, "--v8-flags=--max-old-space-size=40"]).err)

    def test_wrong_flags_end_an_allowing_program_with_9(self):
        app = self.pack_source(SOURCE, "--allow-v8-flags")
        for flags, message in (("--nope", "V8 does not know the flag '--nope'"), *((flag, f"the flag '{flag}' would change how the snapshot is made or read") for flag in ("--hash-seed=1", *FORMS))):
            result = e2e.run([app, f"--v8-flags={flags}"])
            self.assertEqual((result.code, result.out, result.err), (9, "", f"{app}: --v8-flags: {message}\n"))

    def test_inspect_tells(self):
        app = self.pack_source(SOURCE, "--allow-v8-flags", "--v8-flags=--expose-gc")
        self.assertIn('"v8-flags":"--expose-gc","allow-v8-flags":"yes"', e2e.run([e2e.dv8pack(), "inspect", "--json", app]).out)


if __name__ == "__main__":
    e2e.main()
