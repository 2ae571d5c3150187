#!/usr/bin/env python3
"""Packs and runs one spec folder: spec_runner.py FOLDER.

FOLDER/spec.json says how; every key is optional:
  entry    the main file                                  (default: the only main.*)
  pack     options of dv8pack                             (default: none)
  modes    values of --snapshot to pack and run with      (default: ["code", "none"])
  npm      packages of third_party/npm_tests to put into the folder's node_modules
  args, env, stdin, cwd                                   of the run; cwd is inside the folder
  exit     the app's exit code                            (default: 0)
  pack_exit  the packer's exit code                       (default: 0)
expected.out is the app's stdout to the byte, expected.err its stderr (with [WILDCARD] and
[WILDLINE]; default: empty), expected.pack_err what a packer that succeeds says on its own (default:
nothing). When the packer is to fail, expected.err is the packer's, and neither an
output nor a temporary file may be there. UPDATE_GOLDENS=1 writes both files from what came.
"""

import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import e2e

KEYS = {"entry", "pack", "modes", "npm", "args", "env", "stdin", "cwd", "exit", "pack_exit", "comment"}
SPEC_FILES = ("spec.json", "expected.out", "expected.err", "expected.pack_err", "BUILD", "README.md")


class Spec(e2e.TestCase):
    source = None

    def setUp(self):
        path = os.path.join(self.source, "spec.json")
        self.spec = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.spec = json.load(file)
        unknown = set(self.spec) - KEYS
        self.assertFalse(unknown, f"unknown keys in {path}")
        # The packer must not depend on where things are, and may not write beside the sources.
        self.folder = e2e.scratch("spec")
        shutil.copytree(self.source, self.folder, dirs_exist_ok=True, ignore=lambda _, names: set(names) & set(SPEC_FILES))
        e2e.copy_npm(self.folder, self.spec.get("npm", []))
        mains = [n for n in sorted(os.listdir(self.folder)) if n.startswith("main.")]
        self.entry = self.spec.get("entry") or (mains[0] if mains else "main.js")

    def golden(self, name, actual):
        self.assert_golden(os.path.join(self.source, name), actual)

    def test_spec(self):
        spec = self.spec
        out_folder = e2e.scratch("out")
        output = os.path.join(out_folder, "app")
        for mode in spec.get("modes", ["code", "none"]):
            with self.subTest(snapshot=mode):
                argv = [e2e.dv8pack(), f"--snapshot={mode}", *spec.get("pack", []), self.entry, "-o", output]
                packed = e2e.run(argv, cwd=self.folder, timeout=200)
                self.assertEqual(packed.code, spec.get("pack_exit", 0), packed)
                if packed.code != 0:
                    self.assertEqual(packed.out, "", "a failing packer says it on stderr")
                    self.golden("expected.err", packed.err.replace(self.folder, "[FOLDER]"))
                    self.assertEqual(os.listdir(out_folder), [], "a failing packer leaves nothing")
                    continue
                self.golden("expected.pack_err", packed.err)
                self.assertEqual(os.listdir(out_folder), ["app"])
                result = e2e.run(
                    [output, *spec.get("args", [])],
                    cwd=os.path.join(self.folder, spec.get("cwd", "")),
                    env=spec.get("env"),
                    stdin=spec.get("stdin", ""),
                    timeout=120,
                )
                self.assertEqual(result.code, spec.get("exit", 0), result)
                self.golden("expected.out", result.out)
                self.golden("expected.err", result.err)


if __name__ == "__main__":
    Spec.source = e2e.repo(sys.argv.pop(1))
    e2e.main()
