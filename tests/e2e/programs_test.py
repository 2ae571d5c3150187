#!/usr/bin/env python3
"""Programs from npm, packed: what they give is what they give under Node, to the byte."""

import filecmp
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

sys.path.insert(0, e2e.repo("bench"))
import tsc_app

# terser and what it depends on.
TERSER = [
    "terser", "acorn", "commander", "source-map-support", "source-map", "buffer-from",
    "@jridgewell/source-map", "@jridgewell/gen-mapping", "@jridgewell/trace-mapping",
    "@jridgewell/resolve-uri", "@jridgewell/sourcemap-codec",
]
PROJECT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "project")


def files_of(folder):
    """All files under a folder, by relative path."""
    found = []
    for base, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(base, name), folder) for name in names]
    return sorted(found)


class ProgramsTest(e2e.TestCase):
    def node(self, argv, **kwargs):
        return e2e.run(["node", *argv], timeout=120, **kwargs)

    def same_run(self, app, script, args, cwd, **kwargs):
        """Runs the app and Node's original in equal folders; gives both results after comparing them."""
        ours, theirs = e2e.scratch("ours"), e2e.scratch("theirs")
        for folder in (ours, theirs):
            shutil.copytree(cwd, os.path.join(folder, "p"))
        packed = e2e.run([app, *args], cwd=os.path.join(ours, "p"), timeout=120, **kwargs)
        original = self.node([script, *args], cwd=os.path.join(theirs, "p"), **kwargs)
        self.assertEqual(packed.code, original.code, packed)
        self.assertEqual(packed.out.replace(ours, ""), original.out.replace(theirs, ""))
        self.assertEqual(packed.err.replace(ours, ""), original.err.replace(theirs, ""))
        self.assertEqual(files_of(ours), files_of(theirs))
        for name in files_of(ours):
            same = filecmp.cmp(os.path.join(ours, name), os.path.join(theirs, name), shallow=False)
            self.assertTrue(same, f"{name} differs")
        return packed, files_of(ours)

    def tsc(self, *options):
        """Packs tsc with the lib.*.d.ts that it reads beside itself. Gives Node's script and the app."""
        script = os.path.join(e2e.npm_modules(), "typescript", "lib", "tsc.js")
        project = e2e.scratch("project")
        e2e.copy_npm(project, ["typescript"])
        package = os.path.join(project, "node_modules", "typescript")
        entry = tsc_app.write(package) if "--snapshot=app" in options else os.path.join(package, "lib", "tsc.js")
        libraries = sorted(n for n in os.listdir(os.path.join(package, "lib")) if n.startswith("lib.") and n.endswith(".d.ts"))
        assets = [f"--asset={os.path.join(package, 'lib', name)}" for name in libraries]
        # tsc loads the plugins of an editor's language service by computed names.
        return script, self.pack(entry, "--allow-dynamic", *options, *assets)

    def check_tsc(self, *options):
        script, app = self.tsc(*options)
        self.assert_runs([app, "--version"], out="Version 5.9.3\n")
        _, files = self.same_run(app, script, ["-p", ".", "--listEmittedFiles"], PROJECT)
        self.assertIn("p/dist/main.js", files)
        self.assertIn("p/dist/main.d.ts", files)
        self.assertIn("p/dist/main.js.map", files)
        broken = e2e.scratch("broken")
        e2e.write_tree(
            broken,
            {
                "tsconfig.json": '{"compilerOptions": {"strict": true, "noEmit": true, "lib": ["es2022"]}, "include": ["*.ts"]}',
                "a.ts": "const n: number = 'text';\nexport const list: Map<string> = new Map();\nlist.nothing();\n",
            },
        )
        packed, _ = self.same_run(app, script, ["-p", ".", "--pretty"], broken)
        self.assertEqual(packed.code, 2)
        self.same_run(app, script, ["--help"], broken)
        self.same_run(app, script, ["--init"], e2e.scratch("empty"))
        self.same_run(app, script, ["no-such-file.ts"], e2e.scratch("empty"))

    def test_tsc(self):
        self.check_tsc()

    def test_tsc_from_app_snapshot(self):
        self.check_tsc("--snapshot=app")

    def test_terser(self):
        script = os.path.join(e2e.npm_modules(), "terser", "bin", "terser")
        folder = e2e.scratch("terser")
        shutil.copy(os.path.join(e2e.npm_modules(), "semver", "classes", "range.js"), os.path.join(folder, "range.js"))
        app = self.pack_source("require('terser/bin/terser');", name="main.cjs", npm=TERSER)
        args = ["range.js", "--compress", "passes=2", "--mangle", "--source-map", "-o", "range.min.js"]
        self.same_run(app, script, args, folder)
        self.same_run(app, script, ["--version"], folder)
        self.same_run(app, script, ["--compress", "--toplevel"], folder, stdin="const a = 1 + 1; console.log(a * 2);\n")

    def test_prettier(self):
        folder = e2e.scratch("prettier")
        e2e.write_tree(folder, {"main.mjs": e2e.program_text("format.mjs"), "x.md": "# A\n* b\n* c\n\n| a | b |\n|--|--|\n|long cell|x|\n"})
        shutil.copy(os.path.join(PROJECT, "src", "main.ts"), os.path.join(folder, "x.ts"))
        shutil.copy(os.path.join(e2e.npm_modules(), "semver", "classes", "range.js"), os.path.join(folder, "x.js"))
        e2e.copy_npm(folder, ["prettier"])
        app = self.pack(os.path.join(folder, "main.mjs"))
        packed = e2e.run([app, "x.ts", "x.js", "x.md"], cwd=folder)
        original = self.node(["main.mjs", "x.ts", "x.js", "x.md"], cwd=folder)
        self.assertEqual((packed.code, packed.err), (0, ""), packed)
        self.assertEqual(packed.out, original.out)
        self.assertIn("| long cell | x   |", packed.out)


if __name__ == "__main__":
    e2e.main()
