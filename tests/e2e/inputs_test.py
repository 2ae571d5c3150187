#!/usr/bin/env python3
"""--inputs: what build systems pack from is what their manifest lists."""

import json
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import e2e


def package(name):
    return json.dumps({"name": name, "version": "1.0.0", "type": "module", "main": "index.mjs"})


class InputsTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        self.temporary = e2e.scratch("tmp")
        e2e.write_tree(self.folder, {"data": "embedded\n", "pack.json": package("program"), "names.json": package("names"), "last.json": package("last")})
        for name in ("main", "name", "names", "last"):
            with open(os.path.join(HERE, "inputs", name + ".mjs"), encoding="utf-8") as file:
                e2e.write_tree(self.folder, {f"in/{name}.mjs": file.read()})
        # As rules_js lays packages out: a store, and relative links to it.
        os.symlink("store/names/node_modules/names", os.path.join(self.folder, "link"))
        os.symlink("in/main.mjs", os.path.join(self.folder, "main-link"))
        self.lines = [
            "app/main.mjs\tmain-link",
            "app/lib/name.mjs\tin/name.mjs",
            "app/package.json\tpack.json",
            "app/data.txt\t" + os.path.join(self.folder, "data"),
            "app/node_modules/names\tlink\tlink",
            "app/node_modules/store/names/node_modules/names/index.mjs\tin/names.mjs",
            "app/node_modules/store/names/node_modules/names/package.json\tnames.json",
            "app/node_modules/store/names/node_modules/last/index.mjs\tin/last.mjs",
            "app/node_modules/store/names/node_modules/last/package.json\tlast.json",
        ]

    def call(self, lines, *args):
        e2e.write_tree(self.folder, {"manifest": "".join(line + "\n" for line in lines)})
        result = e2e.run([e2e.dv8pack(), *args], cwd=self.folder, env={"TMPDIR": self.temporary}, timeout=120)
        self.assertEqual(os.listdir(self.temporary), [], "nothing is left behind")
        return result

    def refuses(self, lines, err, code=1, args=("--inputs=manifest", "-o", "out", "app/main.mjs")):
        result = self.call(lines, *args)
        self.assertEqual((result.code, result.out), (code, ""), result)
        self.assertTrue(e2e.matches(err, result.err), result)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "out")))

    def test_packs_what_is_listed(self):
        result = self.call(self.lines, "--inputs=manifest", "--asset=app/data.txt", "-o", "out", "--metafile=meta.json", "--sbom=out.cdx.json", "app/main.mjs")
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
        self.assert_runs([os.path.join(self.folder, "out")], out="first last embedded\n")
        for name in ("meta.json", "out.cdx.json"):
            self.assertTrue(os.path.exists(os.path.join(self.folder, name)))

    def test_same_bytes_in_another_order_and_place(self):
        first = self.call(self.lines, "--inputs=manifest", "-o", "out", "app/main.mjs")
        second = self.call(self.lines[::-1], "--inputs", "manifest", "-o", "other/../again", "app/main.mjs")
        self.assertEqual((first.code, second.code), (0, 0), (first, second))
        with open(os.path.join(self.folder, "out"), "rb") as one, open(os.path.join(self.folder, "again"), "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_what_is_not_listed_is_not_found(self):
        self.refuses([line for line in self.lines if "lib/name" not in line],
                     '[WILDLINE]Could not resolve "./lib/name.mjs"\n\n    main.mjs:2:21:[WILDCARD]')

    def test_bad_manifests(self):
        for line, told in (
            ("a", "is not 'PATH<tab>FILE'"),
            ("a\tgone", "gone cannot be copied: No such file or directory"),
            ("../a\tdata", "'../a' is not a path below the folder"),
            ("/a\tdata", "'/a' is not a path below the folder"),
            ("\tdata", "'' is not a path below the folder"),
            ("a\tdata\tno", "the third field is 'link' or not there"),
            ("a\tin", "in cannot be copied: [WILDLINE]"),
        ):
            self.refuses([*self.lines, line], f"manifest:10:1: error: {told}\n")
        self.refuses(self.lines[:1] * 2, "manifest:2:1: error: main-link cannot be copied: File exists\n")
        self.refuses([], "[WILDCARD]gone: error: cannot be read: No such file or directory\n", args=("--inputs=gone", "-o", "out", "app/main.mjs"))

    def test_wrong_use(self):
        self.refuses(self.lines, "dv8pack: error: --inputs: -o FILE names the output\n", 2, ("--inputs=manifest", "app/main.mjs"))
        self.refuses(self.lines, "dv8pack: error: --inputs is for packing\n", 2, ("run", "--inputs=manifest", "app/main.mjs"))


if __name__ == "__main__":
    e2e.main()
