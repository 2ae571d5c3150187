#!/usr/bin/env python3
"""Options as other bundlers and packers have them: what they do, with a program's modules and with --bundle, and what
is said when they are wrong."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

# Names a module of Node's, so that the program is packed as its modules.
NODE = "require('node:path');\n"


class OptionsTestCase(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        self.output = os.path.join(e2e.scratch("out"), "app")

    def write(self, files):
        e2e.write_tree(self.folder, files)

    def call(self, *args, **kwargs):
        return e2e.run([e2e.dv8pack(), *args], cwd=self.folder, **kwargs)

    def packs(self, *options, entry="main.js", err=""):
        result = self.call(*options, entry, "-o", self.output)
        self.assertEqual((result.code, result.out, result.err), (0, "", err), result)

    def refuses(self, *options, code, err, entry="main.js"):
        result = self.call(*options, entry, "-o", self.output)
        self.assertEqual((result.code, result.out, result.err), (code, "", err), result)
        self.assertEqual(os.listdir(os.path.dirname(self.output)), [], "nothing half-made")

    def runs(self, *args, **kwargs):
        self.assert_runs([self.output, *args], **kwargs)


class ExternalTest(OptionsTestCase):
    def setUp(self):
        super().setUp()
        self.write({
            "package.json": "{}",
            "main.js": NODE + "console.log(require('dep'), require('@scope/one'));",
            "module.mjs": "import 'node:path'; import dep from 'dep'; import one from '@scope/one';\nconsole.log(dep, one, (await import('dep')).default);",
            "node_modules/dep/package.json": '{"name":"dep","exports":{"require":"./r.js","import":"./i.mjs"}}',
            "node_modules/dep/r.js": "module.exports = 'required';",
            "node_modules/dep/i.mjs": "export default 'imported';",
            "node_modules/@scope/one/index.js": "module.exports = 'one';",
        })
        self.options = ["--external:dep", "--external", "@scope/*"]

    def test_from_the_working_folder(self):
        self.packs(*self.options)
        os.makedirs(os.path.join(self.folder, "a/b"))
        for folder in ("", "a/b"):
            self.runs(out="required one\n", cwd=os.path.join(self.folder, folder))
        self.packs(*self.options, entry="module.mjs")
        self.runs(out="imported one imported\n", cwd=self.folder)

    def test_from_the_folder_of_the_executable(self):
        self.output = os.path.join(self.folder, "bin", "app")
        os.makedirs(os.path.dirname(self.output))
        self.packs(*self.options)
        self.runs(out="required one\n", cwd="/")
        self.packs("--bundle", *self.options)
        self.runs(out="required one\n", cwd="/")

    def test_nowhere(self):
        self.packs(*self.options)
        self.runs(out="", err="[WILDCARD]Error: Cannot find module 'dep'\nRequire stack:\n- /app/main.js\n[WILDCARD]", code=1, cwd="/")
        self.packs(*self.options, entry="module.mjs")
        self.runs(out="", err="[WILDCARD]Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'dep' imported from /app/module.mjs\n[WILDCARD]", code=1, cwd="/")

    def test_others_stay_the_programs_own(self):
        self.packs("--external:dep")
        shutil.rmtree(os.path.join(self.folder, "node_modules/@scope"))
        self.runs(out="required one\n", cwd=self.folder)
        # Nothing but what was named comes from the working folder.
        self.write({"main.js": NODE + "try { require('other'); } catch (error) { console.log(error.code); }"})
        self.packs("--external:dep")
        self.write({"node_modules/other/index.js": "console.log('wrong');"})
        self.runs(out="MODULE_NOT_FOUND\n", cwd=self.folder)

    def test_needs_a_name(self):
        self.refuses("--external=", code=2, err="dv8pack: error: --external needs a value\n")


if __name__ == "__main__":
    e2e.main()
