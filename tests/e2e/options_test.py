#!/usr/bin/env python3
"""Options as other bundlers and packers have them: what they do, with a program's modules and with --bundle, and what
is said when they are wrong."""

import json
import os
import re
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


class SnapshotEnvTest(OptionsTestCase):
    def test_the_top_level_sees_what_is_named(self):
        self.write({"main.js": "const { NAMED, OTHER } = process.env;\n"
                               "dv8.main(() => console.log(NAMED, OTHER, process.env.NAMED, process.env.OTHER));"})
        result = self.call("--snapshot=app", "--snapshot-env=NAMED", "--snapshot-env=UNSET", "main.js", "-o", self.output,
                           env={"NAMED": "packed", "OTHER": "packed"})
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.runs(env={"NAMED": "run", "OTHER": "run"}, out="packed undefined run run\n")

    def test_wrong_use(self):
        self.write({"main.js": "dv8.main(() => {});"})
        self.refuses("--snapshot-env=A", code=2, err="dv8pack: error: --snapshot-env: only --snapshot=app runs the app while packing\n")
        result = self.call("--snapshot=app", "--snapshot-env=A=1", "main.js", "-o", self.output)
        self.assertEqual(result.code, 2, result)


class SourcelessTest(OptionsTestCase):
    def test_wrong_use(self):
        self.write({"main.js": "console.log(1);"})
        self.refuses("--sourceless", "--snapshot=none", code=2,
                     err="dv8pack: error: --sourceless leaves compiled code, which --snapshot=none does not make\n")
        self.refuses("--sourceless", "--inspect", code=2,
                     err="dv8pack: error: --inspect shows the app's source, which --sourceless leaves out\n")

    def test_what_keeps_its_source_is_named(self):
        self.write({"main.mjs": "import cluster from 'node:cluster';\nconsole.log(cluster.isPrimary);"})
        result = self.call("--sourceless", "main.mjs", "-o", self.output)
        self.assertEqual((result.code, result.err),
                         (0, "warning: /app/main.mjs keeps its source: what it imports is only known when the app runs\n"), result)
        self.runs(out="true\n")


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


class ExcludeTest(OptionsTestCase):
    LIST = "console.log(fs.readdirSync(__dirname, { recursive: true }).sort().join(' '));"

    def test_files_that_the_code_finds_beside_itself(self):
        self.write({
            "package.json": "{}",
            "main.js": "const fs = require('fs'), path = require('path'); path.join(__dirname, 'views');\n" + self.LIST,
            "views/a.html": "", "views/a.map": "", "views/deep/b.html": "", "views/.git/config": "",
        })
        self.packs()
        self.runs(out="main.js package.json views views/a.html views/a.map views/deep views/deep/b.html\n")
        for pattern, left in (("*.map", "a.html deep deep/b.html"), ("deep/", "a.html a.map"), ("views/deep", "a.html a.map"),
                              ("views/*.html", "a.map deep deep/b.html"), ("views/**/*.html", "a.map"), ("./views/a.*", "deep deep/b.html")):
            with self.subTest(pattern):
                self.packs("--exclude", pattern)
                names = " ".join("views/" + name for name in left.split())
                self.runs(out=f"main.js package.json views {names}\n")

    def test_files_of_assets(self):
        self.write({"main.js": "const fs = require('fs');" + self.LIST, "a/b.txt": "", "a/c.map": "", "c/d.txt": ""})
        self.packs("--asset=a", "--asset=c", "--exclude=*.map", "--exclude=c")
        self.runs(out="a a/b.txt main.js\n")

    def test_a_module_is_left_to_the_run_time(self):
        self.write({
            "main.js": NODE + "for (const f of [() => require('./lib/a'), () => require('big'), (n = 'x') => require(`./names/${n}.js`)]) {\n  try { console.log(f()); } catch (error) { console.log(error.code); }\n}",
            "lib/a.js": "module.exports = 'a';", "names/x.js": "module.exports = 'x';", "names/y.js": "",
            "node_modules/big/index.js": "module.exports = require('./more');", "node_modules/big/more.js": "module.exports = 'big';",
        })
        self.packs()
        self.runs(out="a\nbig\nx\n")
        for options in ([], ["--bundle"]):
            self.packs("--exclude", "node_modules/big", "--exclude=a.js", "--exclude:names", *options)
            self.runs(out="MODULE_NOT_FOUND\n" * 3, cwd=self.folder)

    def test_scripts_of_dv8(self):
        self.write({"main.js": "print(require('./dep.js'));", "dep.js": "module.exports = 'packed';"})
        self.packs("--env=core", "--exclude=dep.js")
        self.write({"dep.js": "module.exports = 'from the disk';"})
        self.runs(out="", err="from the disk\n", cwd=self.folder)  # print() goes to standard error.
        self.assertEqual(e2e.run([self.output], cwd="/").code, 1)

    def test_the_entry(self):
        self.write({"main.js": ""})
        self.refuses("--exclude=*.js", code=1, err="main.js: error: --exclude leaves out the file that the app starts with\n")
        self.refuses("--exclude=", code=2, err="dv8pack: error: --exclude needs a value\n")


class BannerTest(OptionsTestCase):
    def test_behind_shebang_and_directives(self):
        self.write({"main.js": "#!/usr/bin/env node\n'use strict'\n" + NODE + "console.log(banner, (function () { return this; })());\nthrow new Error('x');"})
        for options in ([], ["--bundle"], ["--minify"]):
            with self.subTest(options):
                self.packs("--banner", "// a comment\nconst banner =\n  'set';", *options)
                self.runs(out="set undefined\n", err="[WILDCARD]Error: x\n    at Object.<anonymous> (/app/main.js:5:7)\n[WILDCARD]", code=1)

    def test_in_an_es_module(self):
        banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
        self.write({"main.js": "import { join } from 'node:path';\nconsole.log(typeof require('node:os').cpus, join('a', 'b'));"})
        for options in ([], ["--bundle"], ["--snapshot=none"]):
            with self.subTest(options):
                self.packs(f"--banner={banner}", *options)
                self.runs(out="function a/b\n")

    def test_its_imports_are_the_programs(self):
        self.write({"main.ts": "const n: number = 1;\nconsole.log(polyfilled, n);", "polyfill.js": "globalThis.polyfilled = 'yes';"})
        for options in ([], ["--bundle"]):
            self.packs("--banner=import './polyfill.js'", *options, entry="main.ts")
            self.runs(out="yes 1\n")

    def test_wrong(self):
        self.write({"main.js": ""})
        self.refuses("--banner=let let;", code=2, err='error: --banner: Cannot use "let" as an identifier here:\n')
        self.refuses("--banner=", code=2, err="dv8pack: error: --banner needs a value\n")
        self.refuses("--banner=x()", "--env=core", code=2, err="dv8pack: error: --banner is for programs of modules: --env=core has scripts\n")


class BundleTest(OptionsTestCase):
    def test_one_module(self):
        self.write({
            "package.json": "{}",
            "main.js": "const lib = require('./lib/lib');\nif (require.main === module) console.log(lib.isMain, lib.name(), require('node:path').basename(__filename));",
            "lib/lib.js": "exports.isMain = require.main === module;\nexports.name = () => typeof require('node:os').cpus;",
            "module.mjs": "import lib from './lib/lib.js';\nimport { join } from 'node:path';\nconsole.log(lib.name(), await 1, join('a', 'b'), import.meta.filename, import.meta.main);",
        })
        self.packs("--bundle")
        self.runs(out="false function main.js\n")
        self.packs("--bundle", entry="module.mjs")
        self.runs(out="function 1 a/b /app/module.mjs true\n")

    def test_what_include_names_is_beside_it(self):
        self.write({
            "package.json": "{}",
            "main.js": "const name = process.argv[2];\nconsole.log(require(name));",
            "other.js": "module.exports = require('./lib/base') + 1;",
            "lib/base.js": "module.exports = 1;",
        })
        self.packs("--bundle", "--include=./other.js", err="notice: 1 computed call of require() or import() is left to the run time, in the app\n")
        self.runs("./other.js", out="2\n")

    def test_stacks_name_the_files(self):
        self.write({
            "package.json": "{}",
            "lib/lib.js": "// One.\nexports.fail = () => {\n  throw new Error('here');\n};\n",
            "main.js": "const { fail } = require('./lib/lib');\nfail();\n",
            "node.mjs": "import 'node:fs';\nimport { fail } from './lib/lib.js';\nfail();\n",
        })
        for entry, file in ("main.js", "/app/lib/lib.js"), ("node.mjs", "file:///app/lib/lib.js"):
            self.packs("--bundle", entry=entry)
            result = e2e.run([self.output])
            self.assertEqual((result.code, result.out), (1, ""), result)
            self.assertTrue(result.err.startswith(f"{file}:3\n  throw new Error('here');\n"), result)
            self.assertIn(f"{file}:3:9", result.err)


class CodeTest(OptionsTestCase):
    """What changes the code of every module."""

    def setUp(self):
        super().setUp()
        self.write({
            "main.js": NODE + "const { named } = require('./named.mjs');\nfunction longish() { return longish.name; }\nconsole.log(longish(), named());\nconsole.debug('debug'); debugger;",
            "named.mjs": "const local = () => 1;\nexport function named() { console.info('info'); return local.name; }",
        })

    def test_minify_and_keep_names(self):
        for options in ([], ["--bundle"]):
            self.packs("--minify", *options)
            self.assertNotIn("longish local", e2e.run([self.output]).out)
            self.packs("--minify", "--keep-names", *options)
            self.runs(out="info\nlongish local\ndebug\n")

    def test_drop(self):
        for options in ([], ["--bundle"]):
            self.packs("--drop", "console", *options)
            self.runs(out="")
        self.packs("--drop:debugger")
        self.runs(out="info\nlongish local\ndebug\n")
        self.refuses_after_pack("--drop=all", "--drop is console or debugger, not 'all'")

    def test_values_of_esbuilds_options(self):
        self.refuses_after_pack("--jsx=never", "--jsx is transform or automatic, not 'never'")
        self.refuses_after_pack("--legal-comments=all", "--legal-comments is none, inline or eof, not 'all'")
        self.refuses_after_pack("--conditions=", "--conditions needs a value")

    def refuses_after_pack(self, option, message):
        self.output = os.path.join(e2e.scratch("out"), "app")
        self.refuses(option, code=2, err=f"dv8pack: error: {message}\n")


class StartTest(OptionsTestCase):
    """What a program is started with."""

    def test_arguments(self):
        self.write({"small.js": "console.log(process.argv.slice(2).join('|'));", "main.js": NODE + "console.log(process.argv.slice(2).join('|'));"})
        for entry in ("small.js", "main.js"):
            self.packs("--arg", "--port", "--arg=8 0", entry=entry)
            self.runs("own", "x", out="--port|8 0|own|x\n")
        inspected = self.call("inspect", self.output)
        self.assertIn("arguments        --port 8 0\n", inspected.out)

    def test_variables(self):
        self.write({
            "small.js": "const { A, B, C, D, TZ } = process.env; console.log(JSON.stringify({ A, B, C, D, TZ }), new Date(0).getHours());",
            "main.js": NODE + "const { A, B, C, D, TZ } = process.env; console.log(JSON.stringify({ A, B, C, D, TZ }), new Date(0).getHours());",
            "one.env": 'A="one\\ntwo" # comment\nB=`b`\nexport C = from one\nTZ=Asia/Tokyo\n# D=no\n',
            "two.env": "C='from two'\n",
        })
        for entry in ("small.js", "main.js"):
            self.packs("--env-file", "one.env", "--env-file=two.env", entry=entry)
            self.runs(out='{"A":"one\\ntwo","B":"b","C":"from two","TZ":"Asia/Tokyo"} 9\n')
            self.runs(out='{"A":"","B":"own","C":"from two","TZ":"UTC"} 0\n', env={"A": "", "B": "own", "TZ": "UTC"})
        inspected = self.call("inspect", self.output)
        self.assertIn("environment      A B C TZ\n", inspected.out)

    def test_variables_give_no_orders(self):
        self.write({"main.js": NODE + "console.log(process.env.NODE_OPTIONS, process.execArgv.length);", "a.env": "NODE_OPTIONS=--no-such-option\nRES_OPTIONS=x\n"})
        self.packs("--env-file=a.env")
        self.runs(out="--no-such-option 0\n")

    def test_children_have_the_variables(self):
        self.write({"main.js": "console.log(require('child_process').execFileSync('/bin/sh', ['-c', 'echo $A']).toString().trim());", "a.env": "A=a"})
        self.packs("--env-file=a.env")
        self.runs(out="a\n")

    def test_options_of_nodes(self):
        self.write({"main.js": NODE + "console.log(process.execArgv.join(' '), new Error('x').stack.split('\\n').length); process.emitWarning('heard'); Promise.reject(new Error('lost'));"})
        self.packs("--exec-argv=--no-warnings --stack-trace-limit=2 --unhandled-rejections=warn")
        self.runs(out="--no-warnings --stack-trace-limit=2 --unhandled-rejections=warn 3\n")
        for options, message in (("--foo", "bad option: --foo"), ("--eval x", "--eval is not for packed programs"), ("x.js", "'x.js' is no option"),
                                 ("--require", "--require requires an argument"), ('"--no-warnings', "a quotation mark or an escape has no end")):
            with self.subTest(options):
                self.output = os.path.join(e2e.scratch("out"), "app")
                self.refuses(f"--exec-argv={options}", code=2, err=f"error: --exec-argv: {message}\n")

    def test_conditions_at_run_time(self):
        self.write({
            "main.js": NODE + "console.log(require('dep'));",
            "module.mjs": "import 'node:path'; import dep from 'dep'; console.log(dep);",
            "node_modules/dep/package.json": '{"name":"dep","exports":{"mine":"./mine.js","default":"./other.js"}}',
            "node_modules/dep/mine.js": "module.exports = 'mine';", "node_modules/dep/other.js": "module.exports = 'other';",
        })
        for entry in ("main.js", "module.mjs"):
            self.packs("--conditions=mine", entry=entry)
            self.runs(out="mine\n", cwd="/")
            self.packs("--conditions=mine,yours", "--external:dep", entry=entry)
            self.runs(out="mine\n", cwd=self.folder)
            self.packs("--external:dep", entry=entry)
            self.runs(out="other\n", cwd=self.folder)

    def test_programs_that_are_node(self):
        self.write({"main.js": "import 'dv8:node';"})
        for option in ("--arg=x", "--exec-argv=--no-warnings"):
            self.refuses(option, code=2, err="error: --arg and --exec-argv are not for programs with dv8:node: their command line is node's\n")

    def test_wrong_files(self):
        self.write({"main.js": "", "nul.env": "A=\0"})
        for file, code, err in (("nope.env", 1, "nope.env: error: --env-file: cannot be read: No such file or directory\n"),
                                ("nul.env", 1, "nul.env: error: --env-file: 'A' has a control character that no variable can have\n"),
                                ("", 2, "dv8pack: error: --env-file needs a value\n")):
            with self.subTest(file):
                self.refuses(f"--env-file={file}", code=code, err=err)


class OutputsTest(OptionsTestCase):
    """What is written: several executables, --metafile, --sourcemap, --json."""

    def setUp(self):
        super().setUp()
        self.write({
            "package.json": "{}",
            "main.ts": "import { n } from './lib';\nimport { readFileSync } from 'node:fs';\nconsole.log(n as number, readFileSync(__dirname + '/data.txt', 'utf8'));\nthrow new Error('x');",
            "lib.ts": "type Unused = string;\nexport const n: number = 1;",
            "data.txt": "data",
            "plain.js": "console.log('plain');",
        })
        self.out = os.path.dirname(self.output)

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_metafile(self):
        meta = os.path.join(self.out, "meta.json")
        for options in ([], ["--bundle"]):
            self.packs("--metafile", meta, *options, entry="main.ts")
            described = json.loads(self.read(meta))
            inputs = described["inputs"]
            self.assertEqual(sorted(inputs), ["data.txt", "lib.ts", "main.ts", "package.json"])
            self.assertEqual(inputs["main.ts"]["imports"], [
                {"path": "lib.ts", "kind": "import-statement", "original": "./lib"},
                {"path": "node:fs", "kind": "import-statement", "external": True},
            ])
            self.assertEqual((inputs["data.txt"], inputs["lib.ts"]["bytes"], inputs["lib.ts"]["format"]), ({"bytes": 4, "imports": []}, 49, "esm"))
            [(path, output)] = described["outputs"].items()
            self.assertEqual(os.path.normpath(os.path.join(self.folder, path)), self.output)
            self.assertEqual(output["bytes"], os.path.getsize(self.output))
            self.assertEqual((output["entryPoint"], sorted(output["inputs"])), ("main.ts", sorted(inputs)))
            self.assertEqual(output["imports"], [{"path": "node:fs", "kind": "import-statement", "external": True}])
            self.assertEqual(output["inputs"]["data.txt"], {"bytesInOutput": 4})
            self.assertGreater(output["inputs"]["lib.ts"]["bytesInOutput"], 5)
        self.assertFalse(os.stat(meta).st_mode & 0o111)

    def test_metafile_in_wrong_places(self):
        for file, error in (("main.ts", "main.ts: error: --metafile would replace it\n"), ("package.json", "package.json: error: --metafile would replace it\n"),
                            ("nowhere/m.json", "nowhere/m.json: error: --metafile: cannot write the output: No such file or directory\n"),
                            (".", ".: error: --metafile: the output is a directory\n")):
            with self.subTest(file):
                self.refuses(f"--metafile={file}", code=1, err=error, entry="main.ts")

    def test_several_entries(self):
        out = os.path.join(self.out, "deep/bin")
        meta = os.path.join(self.out, "meta.json")
        result = self.call("main.ts", "plain.js", "--out-dir", out, "--json", "--metafile", meta)
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual([os.path.basename(entry["output"]) for entry in json.loads(result.out)["outputs"]], ["main", "plain"])
        self.assertEqual(sorted(os.listdir(out)), ["main", "plain"])
        self.assertEqual(len(json.loads(self.read(meta))["outputs"]), 2)
        self.assert_runs([os.path.join(out, "plain")], out="plain\n")

    def test_several_entries_that_cannot_be(self):
        out = os.path.join(self.out, "bin")
        for arguments, code, error in (
            (["main.ts", "plain.js"], 2, "dv8pack: error: one file at a time: 'main.ts' or 'plain.js'?\n  hint: --out-dir FOLDER packs each into one of its own\n"),
            (["plain.js", "./plain.js", "--out-dir", out], 1, f"{out}/plain: error: 'plain.js' and './plain.js' would both be this file\n"),
            (["plain.js", "nope.js", "--out-dir", out], 1, "nope.js: error: there is no such file\n"),
            (["plain.js", "--out-dir", "data.txt"], 1, "data.txt/plain: error: cannot write the output: Not a directory\n"),
            (["plain.js", "--out-dir="], 2, "dv8pack: error: --out-dir needs a value\n"),
            (["plain.js", "-o", "x", "--out-dir", out], 2, "dv8pack: error: --output names one executable, --out-dir a folder for several: one of them\n"),
            (["run", "--out-dir", out, "plain.js"], 2, "dv8pack: error: --out-dir is for packing: this command writes no file\n"),
        ):
            with self.subTest(arguments):
                result = self.call(*arguments)
                self.assertEqual((result.code, result.out, result.err), (code, "", error), result)
                self.assertEqual(os.listdir(self.out), [])

    def test_source_maps(self):
        where = {"linked": "main.ts:4:7", "none": "main.ts:[WILDLINE]", "external": "main.ts:[WILDLINE]"}
        for options in ([], ["--bundle"]):
            for kind, place in where.items():
                with self.subTest(kind, options=options):
                    self.packs(f"--sourcemap={kind}", *options, entry="main.ts")
                    head = "/app/main.ts:4\nthrow new Error('x');\n" if kind == "linked" else ""
                    self.runs(out="1 data\n", err=f"{head}[WILDCARD](/app/{place})\n[WILDCARD]", code=1)
                    self.assertEqual(os.path.exists(self.output + ".map"), kind == "external")
            described = json.loads(self.read(self.output + ".map"))
            if options:
                [(path, described)] = described["files"].items()
                self.assertEqual((path, sorted(described["sources"])), ("/app/main.ts", ["/app/lib.ts", "/app/main.ts"]))
            else:
                self.assertEqual(sorted(described["files"]), ["/app/lib.ts", "/app/main.ts"])
                self.assertEqual(described["files"]["/app/main.ts"]["sources"], ["/app/main.ts"])
            os.unlink(self.output + ".map")
        self.refuses_kind("inline")

    def refuses_kind(self, kind):
        self.output = os.path.join(e2e.scratch("out"), "app")
        self.refuses(f"--sourcemap={kind}", code=2, err=f"dv8pack: error: --sourcemap is none, linked or external, not '{kind}'\n", entry="main.ts")

    def test_json(self):
        result = self.call("main.ts", "-o", self.output, "--json")
        self.assertEqual((result.code, result.err), (0, ""), result)
        described = json.loads(result.out)
        self.assertEqual(sorted(described), ["inputs", "modules", "ms", "output", "sections", "size"])
        self.assertEqual((described["output"], described["size"]), (self.output, os.path.getsize(self.output)))
        inspected = json.loads(self.call("inspect", "--json", self.output).out)
        self.assertEqual((inspected["manifest"]["entry"], inspected["size"]), ("/app/main.ts", described["size"]))

    def test_json_of_errors(self):
        self.write({"bad.js": "let a;\nimport 'no-such-package';"})
        for arguments, code, error in (
            (["nope.js"], 1, {"message": "there is no such file", "file": "nope.js", "line": 0, "column": 0, "hint": ""}),
            (["bad.js"], 1, {"message": 'Could not resolve "no-such-package"', "file": os.path.join(self.folder, "bad.js"), "line": 2, "column": 8, "hint": "npm install no-such-package"}),
            (["--minfy"], 2, {"message": "unknown option '--minfy'", "file": "", "line": 0, "column": 0, "hint": "did you mean '--minify'?"}),
            (["inspect", "data.txt"], 1, {"message": "not an executable: too short", "file": "data.txt", "line": 0, "column": 0, "hint": ""}),
        ):
            with self.subTest(arguments):
                result = self.call(*arguments, "--json")
                self.assertEqual(result.code, code, result)
                self.assertEqual(json.loads(result.out), {"error": error})
        self.assertEqual(self.call("run", "--minfy", "bad.js", "--json").out, "", "that is the app's")


class WrongValuesTest(OptionsTestCase):
    """Values that only packing can tell to be wrong: still the command line's fault."""

    def test_values(self):
        self.write({"main.js": NODE})
        for option, error in (
            ("--define=1x=2", '--define: Syntax error "x"'),
            ("--define=X=not valid", "Invalid define value (must be an entity name or JS literal): not valid"),
            ("--alias=./x=y", 'Invalid alias name: "./x"'),
            ("--loader=js=text", 'Invalid file extension: "js"'),
            ("--loader=.js=foo", 'Invalid loader value: "foo"'),
            ("--tsconfig-raw={bad", '--tsconfig-raw: Expected string in JSON but found "bad"'),
            ("--jsx-factory=1+1", 'Invalid JSX factory: "1+1"'),
            ("--pure=1a", '--pure: Syntax error "a"'),
            ("--resolve-extensions=js", 'Invalid file extension: "js"'),
            ("--include=nope", "--include: 'nope' is no module of the standard library, no package and no module's file\n  hint: did you mean 'dv8:node'?"),
            ("--icu=xx-YYY", "--icu: there is no locale 'xx-YYY' in ICU's data"),
            ("--v8-flags=--nope", "--v8-flags: V8 does not know the flag '--nope'"),
        ):
            with self.subTest(option):
                self.refuses(option, code=2, err=f"error: {error}\n")
        self.refuses("--tsconfig=nope.json", code=1, err="nope.json: error: --tsconfig: cannot be read: No such file or directory\n")


class ConfigTest(OptionsTestCase):
    """dv8pack.json, and the section of package.json."""

    def setUp(self):
        super().setUp()
        self.write({
            "package.json": '{"name":"app"}',
            "main.js": NODE + "console.log(WHAT, process.argv.slice(2).join(' '), require('fs').readdirSync(__dirname).join(' '));",
            "data.txt": "", "one.env": "A=1",
        })

    def config(self, **options):
        self.write({"dv8pack.json": json.dumps(options)})

    def test_options(self):
        self.config(define={"WHAT": '"file"'}, arg=["a", "b"], asset="data.txt", minify=True, strict=False, **{"snapshot-timeout": 30, "env-file": "one.env", "$schema": "x"})
        self.packs()
        self.runs(out="file a b data.txt main.js package.json\n")

    def test_section_of_package_json(self):
        self.write({"package.json": '{"name":"app","dv8pack":{"define":["WHAT=1"]}}'})
        self.packs()
        self.runs(out="1  main.js package.json\n")

    def test_the_command_line_wins(self):
        self.config(define=["WHAT=1"], snapshot="none", output="elsewhere", minify=True)
        self.packs("--define:WHAT=2", "--snapshot=code", "--minify=false")
        self.runs(out="2  main.js package.json\n")
        self.assertIn("mode             code\n", self.call("inspect", self.output).out)

    def test_paths_count_from_the_file(self):
        self.config(define=["WHAT=1"], output="dist/app", asset=["data.txt"], exclude=["./package.json"], alias={"fs": "./other.js"})
        self.write({"other.js": "exports.readdirSync = () => ['other'];", "dist/x": "", "sub/x": ""})
        result = e2e.run([e2e.dv8pack(), "../main.js"], cwd=os.path.join(self.folder, "sub"))
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assert_runs([os.path.join(self.folder, "dist/app")], out="1  other\n")

    def test_run(self):
        self.config(define=["WHAT=1"], output="nowhere/app", metafile="m.json", arg="a")
        result = self.call("run", "main.js", "b")
        self.assertEqual((result.code, result.out, result.err), (0, "1 a b main.js package.json\n", ""), result)

    def test_entries_with_different_files(self):
        self.config(minify=True)
        self.write({"b/package.json": "{}", "b/b.js": ""})
        result = self.call("main.js", "b/b.js", "--out-dir", self.output)
        self.assertEqual((result.code, result.err), (2, "dv8pack: error: 'main.js' and 'b/b.js' have options in different files\n  hint: pack them one by one\n"), result)

    def test_packages_of_others_have_no_say(self):
        self.write({"node_modules/x/package.json": '{"name":"x","dv8pack":{"nonsense":1}}', "node_modules/x/cli.js": "console.log('x');"})
        self.packs(entry="node_modules/x/cli.js")
        self.runs(out="x\n")

    def test_wrong(self):
        file = os.path.join(self.folder, "dv8pack.json")
        for text, place, message in (
            ('{\n  "minfy": true}', ":2:12", "there is no option 'minfy'\n  hint: did you mean 'minify'?"),
            ('{"help": true}', ":1:10", "there is no option 'help'\n  hint: dv8pack --help lists the options"),
            ('{"minify": "yes"}', ":1:12", "'minify' is true or false"),
            ('{"define": 1}', "", "--define is NAME=VALUE, not '1'"),
            ('{"asset": {}}', ":1:11", "'asset' is a list of strings"),
            ('{"asset": [1]}', ":1:12", "'asset' is a list of strings"),
            ('{"icu": null}', ":1:9", "'icu' is a string"),
            ('{"snapshot": "fast"}', ":1:14", "'snapshot' is code, app or none, not 'fast'"),
            ('{"snapshot-timeout": "1m"}', "", "--snapshot-timeout is a number of seconds from 1 to 86400, not '1m'"),
            ("[]", ":1:1", "the options are an object"),
            ("{", "", "is not JSON"),
        ):
            with self.subTest(text):
                self.write({"dv8pack.json": text})
                self.refuses(code=2, err=f"dv8pack: {file}{place}: error: {message}\n")
        self.write({"dv8pack.json": "{}", "package.json": '{"dv8pack":{}}'})
        self.refuses(code=2, err=f"dv8pack: {file}: error: there are options in package.json, too\n  hint: in one of both, please\n")

    def test_schema(self):
        schema = json.loads(self.call("--schema").out)
        names = set(schema["properties"]) - {"$schema"}
        in_help = set(re.findall(r"^  (?:-\w, )?--([a-z][a-z0-9-]+)", self.call("--help").out.split("Information")[0], re.M))
        self.assertEqual(names - in_help, set())
        self.assertEqual(in_help - names, {"inputs"})  # It says where the configuration's file is, too.
        self.assertEqual(schema["properties"]["snapshot"]["enum"], ["code", "app", "none"])
        self.assertEqual(schema["properties"]["minify"]["type"], "boolean")
        self.assertFalse(schema["additionalProperties"])


class EntryTest(OptionsTestCase):
    """Folders and files by which a program is named, and how the executable is called then."""

    def package(self, package, files, folder="p"):
        shutil.rmtree(os.path.join(self.folder, folder), ignore_errors=True)
        self.write({f"{folder}/{path}": text for path, text in files.items()})
        if package is not None:
            self.write({f"{folder}/package.json": json.dumps(package)})
        return os.path.join(self.folder, folder)

    def test_names(self):
        js = "console.log('runs');"
        for package, files, name in (
            ({"name": "@scope/tool", "main": "lib/index"}, {"lib/index.js": js}, "tool"),
            ({"name": "a", "main": "lib"}, {"lib/index.js": js}, "a"),
            ({"name": "a", "main": "./cli"}, {"cli.ts": js}, "a"),
            ({"name": "a", "main": "gone.js"}, {"index.js": js}, "a"),
            ({"name": "two", "bin": {"one": "one.js", "two": "./two.js"}}, {"one.js": "", "two.js": js}, "two"),
            ({"name": "@s/a", "bin": {"b": "cli"}}, {"cli": "#!/usr/bin/env node\n" + js}, "b"),
            ({"name": "@s/a", "bin": "cli.js"}, {"cli.js": js}, "a"),
            ({"name": "a", "bin": {}}, {"index.js": js}, "a"),
            ({"name": "a", "exports": {".": {"types": "./x.d.ts", "import": "./m.mjs", "require": "./c.cjs"}}}, {"m.mjs": js, "c.cjs": ""}, "a"),
            ({"name": "a", "exports": "./m.mjs"}, {"m.mjs": js}, "a"),
            ({"main": "x.js"}, {"x.js": js}, "p"),
            (None, {"index.js": js}, "p"),
            (None, {"index.ts": js}, "p"),
        ):
            with self.subTest(package):
                folder = self.package(package, files)
                result = e2e.run([e2e.dv8pack(), "."], cwd=folder)
                self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
                self.assertIn(name, os.listdir(folder))
                self.assert_runs([os.path.join(folder, name)], out="runs\n")

    def test_files_and_links(self):
        folder = self.package({"name": "a", "bin": "cli"}, {"cli": "#!/usr/bin/env node\nconsole.log('runs');"})
        os.symlink("p/cli", os.path.join(self.folder, "link"))
        os.symlink("p/cli", os.path.join(self.folder, "other.js"))
        self.packs(entry="link")
        self.runs(out="runs\n")
        for entry, error in (("link", "link: error: the output would replace the entry\n  hint: name another file with -o\n"),
                             ("nowhere", "nowhere: error: there is no such file\n")):
            result = self.call(entry)
            self.assertEqual((result.code, result.err), (1, error), result)
        self.assertEqual(self.call("other.js").code, 0)
        self.assert_runs([os.path.join(self.folder, "other")], out="runs\n")
        result = e2e.run([e2e.dv8pack(), "cli"], cwd=folder)
        self.assertEqual((result.code, result.err), (1, "cli: error: the output would replace the entry\n  hint: name another file with -o\n"), result)

    def test_wrong(self):
        for package, files, error in (
            ({"name": "lib", "main": "lib"}, {"lib/index.js": ""}, "lib: error: the output is a directory\n  hint: -o FILE names the executable\n"),
            ({"name": "..", "main": "a.js"}, {"a.js": ""}, "..: error: the output is a directory\n  hint: -o FILE names the executable\n"),
            ({"name": "a", "bin": {"b": "b.js", "c": "./c.js"}}, {"b.js": ""}, "[P]: error: has several programs in \"bin\"\n  hint: name one of them: b.js, c.js\n"),
            ({"name": "a", "bin": {"b": 3}}, {}, "[P]: error: has a \"bin\" that names no file\n  hint: name the file to start with\n"),
            ({"name": "a", "bin": "b.js"}, {"index.js": ""}, "[P]: error: names 'b.js', which is not there\n  hint: name the file to start with, or build it first\n"),
            ({"name": "a", "main": "dist/b.js"}, {}, "[P]: error: names 'dist/b.js', which is not there\n  hint: name the file to start with, or build it first\n"),
            ({"name": "a"}, {}, "[P]: error: names 'index.js', which is not there\n  hint: name the file to start with, or build it first\n"),
            (None, {"a.js": ""}, ".: error: is a folder without a package.json and an index.js; name the file to start with\n"),
        ):
            with self.subTest(package):
                folder = self.package(package, files)
                before = sorted(os.listdir(folder))
                result = e2e.run([e2e.dv8pack(), "."], cwd=folder)
                self.assertEqual((result.code, result.out, result.err.replace(os.path.join(folder, "package.json"), "[P]")), (1, "", error), result)
                self.assertEqual(sorted(os.listdir(folder)), before)
        self.write({"one.js": "import './lib';", "lib.js": "console.log('lib');"})
        self.assertEqual(self.call("one.js", "-o", "lib").code, 0)
        result = self.call("one.js", "-o", "lib")
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.err, "lib: error: the output would replace a file that the app is made of\n  hint: name another file with -o\n", result)
        self.package({"name": "a", "bin": {"b": "b.js", "c": "./c.js"}}, {})
        self.assertIn("name one of them: p/b.js, p/c.js\n", self.call("p").err)


if __name__ == "__main__":
    e2e.main()
