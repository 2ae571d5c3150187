#!/usr/bin/env python3
"""What belongs to a program though no import names it: files and packages whose names code computes."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


def package(name, **fields):
    return json.dumps({"name": name, "version": "1.0.0", **fields})


class WholePackagesTest(e2e.TestCase):
    def check(self, files, out, notices, entry="main.cjs"):
        """Packs `entry` of `files`, and runs it where none of them is."""
        project = e2e.scratch("project")
        e2e.write_tree(project, files)
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), os.path.join(project, entry), "-o", app])
        self.assertEqual((packed.code, packed.err.splitlines()), (0, notices), packed)
        ran = e2e.run([app], cwd=e2e.scratch("run"))
        self.assertEqual((ran.code, ran.out.split("\n")[:-1]), (0, out), ran)
        inspected = json.loads(e2e.run([e2e.dv8pack(), "inspect", "--json", app]).out)
        return [file["path"] for file in inspected["files"] if not file["asset"]]

    def test_files_of_a_package_that_computes_their_names(self):
        reader = ("const fs = require('fs'), path = require('path');\n"
                  "exports.read = (name) => { try { return fs.readFileSync(path.join(__dirname, name), 'utf8'); } catch (e) { return e.code; } };\n")
        files = self.check({
            "main.cjs": "const { read } = require('reader');\n"
                        "for (const n of ['deep/a.txt', 'lib.core.d.ts', 'index.d.ts', 'test/b.txt', 'to/.ide/a.json', '.ide/a.json']) console.log(n, read(n));\n",
            "node_modules/reader/package.json": package("reader"),
            "node_modules/reader/index.js": reader,
            "node_modules/reader/index.d.ts": "types",
            "node_modules/reader/lib.core.d.ts": "library",
            "node_modules/reader/deep/a.txt": "deep",
            "node_modules/reader/test/b.txt": "a test's",
            "node_modules/reader/to/.ide/a.json": "hidden",
            "node_modules/reader/.ide/a.json": "its own",
        }, ["deep/a.txt deep", "lib.core.d.ts library", "index.d.ts ENOENT", "test/b.txt ENOENT", "to/.ide/a.json hidden", ".ide/a.json ENOENT"],
            ["notice: all files of reader are packed: its code computes the names of files"])
        self.assertEqual([file.removeprefix("/app/node_modules/reader/") for file in files if "reader" in file],
                         ["deep/a.txt", "index.js", "lib.core.d.ts", "package.json", "to/.ide/a.json"])

    def test_packages_that_a_package_declares(self):
        host = "exports.load = (name) => { try { return require('plugin-' + name)(); } catch (e) { return e.code; } };\n"
        self.check({
            "main.cjs": "const { load } = require('host');\nfor (const n of ['a', 'broken', 'missing', 'named', 'other']) console.log(n, load(n));\n",
            "node_modules/host/package.json": package("host", dependencies={"plugin-a": "1"}, peerDependencies={
                "plugin-broken": "1", "plugin-missing": "1"}, peerDependenciesMeta={"plugin-named": {"optional": True}}),
            "node_modules/host/index.js": host,
            "node_modules/plugin-a/package.json": package("plugin-a", main="lib/a.js"),
            "node_modules/plugin-a/lib/a.js": "module.exports = () => require('helper') + 1;\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 41;\n",
            "node_modules/plugin-broken/package.json": package("plugin-broken"),
            "node_modules/plugin-broken/index.js": "module.exports = () => 'no' + ;\n",
            "node_modules/plugin-named/package.json": package("plugin-named"),
            "node_modules/plugin-named/index.js": "module.exports = () => 'declared by its use alone';\n",
            "node_modules/plugin-other/package.json": package("plugin-other"),
            "node_modules/plugin-other/index.js": "module.exports = () => 'not declared';\n",
        }, ["a 42", "broken undefined", "missing MODULE_NOT_FOUND",
            "named declared by its use alone", "other MODULE_NOT_FOUND"],
            ["notice: 1 computed call of require() or import() is left to the run time, in host"])

    def test_dependencies_that_texts_of_the_program_name(self):
        self.check({
            "package.json": package("program", dependencies={"host": "1", "format-pretty": "1", "page": "1", "format-unnamed": "1"}),
            "main.cjs": "const { load } = require('host');\n"
                        "for (const target of ['format-pretty', 'page', 'format-undeclared']) console.log(target, load(target));\n"
                        "console.log(load('format-' + 'unnamed'), load('list.page'.slice(5)));\n",
            "node_modules/host/package.json": package("host"),
            "node_modules/host/index.js": "exports.load = (name) => { try { return require(name); } catch (e) { return e.code; } };\n",
            "node_modules/format-pretty/package.json": package("format-pretty"),
            "node_modules/format-pretty/index.js": "module.exports = 'pretty';\n",
            "node_modules/page/package.json": package("page"),
            "node_modules/page/index.js": "module.exports = 'page';\n",
            "node_modules/format-unnamed/package.json": package("format-unnamed"),
            "node_modules/format-unnamed/index.js": "module.exports = 'unnamed';\n",
            "node_modules/format-undeclared/package.json": package("format-undeclared"),
            "node_modules/format-undeclared/index.js": "module.exports = 'undeclared';\n",
        }, ["format-pretty pretty", "page page", "format-undeclared MODULE_NOT_FOUND", "MODULE_NOT_FOUND page"],
            ["notice: 1 computed call of require() or import() is left to the run time, in host"])

    def test_an_ending_that_is_the_name_of_a_dependency(self):
        self.check({
            "package.json": package("program", dependencies={"views": "1", "ejs-like": "1"}),
            "main.cjs": "console.log(require('views').render('list.ejs-like'));\n",
            "node_modules/views/package.json": package("views"),
            "node_modules/views/index.js": "exports.render = (file) => require(file.slice(file.indexOf('.') + 1))(file);\n",
            "node_modules/ejs-like/package.json": package("ejs-like"),
            "node_modules/ejs-like/index.js": "module.exports = (file) => 'rendered ' + file;\n",
        }, ["rendered list.ejs-like"], ["notice: 1 computed call of require() or import() is left to the run time, in views"])

    def test_patterns_of_files_of_packages(self):
        files = self.check({
            "package.json": package("program"),
            "main.mjs": "import { createRequire } from 'node:module';\n"
                        "const require = createRequire(import.meta.url);\n"
                        "for (const l of ['de', 'ja']) console.log((await import(`dates/locale/${l}.js`)).default);\n"
                        "for (const l of ['de', 'ja']) console.log(require('words/' + l), (await import('words/' + l)).default);\n"
                        "for (const l of ['de', 'no']) console.log(await import(`@a/open/lang/${l}`).then((m) => m.name, (e) => e.code));\n",
            "node_modules/dates/package.json": package("dates"),
            "node_modules/dates/locale/de.js": "module.exports = 'dates de';\n",
            "node_modules/dates/locale/ja.js": "module.exports = 'dates ja';\n",
            "node_modules/dates/other/de.js": "",
            "node_modules/words/package.json": package("words", exports={"./de": "./lib/german.js", "./ja": {"require": "./lib/j.cjs", "import": "./lib/j.mjs"}}),
            "node_modules/words/lib/german.js": "module.exports = 'words de';\n",
            "node_modules/words/lib/j.cjs": "module.exports = 'words ja, required';\n",
            "node_modules/words/lib/j.mjs": "export default 'words ja, imported';\n",
            "node_modules/@a/open/package.json": package("@a/open", type="module", exports={"./lang/*": {"default": "./dist/*.js"}}),
            "node_modules/@a/open/dist/de.js": "export const name = 'open de';\n",
        }, ["dates de", "dates ja", "words de words de", "words ja, required words ja, imported", "open de", "ERR_MODULE_NOT_FOUND"],
            ["notice: 3 computed calls of require() or import() are left to the run time, in the app (3)"], "main.mjs")
        self.assertNotIn("/app/node_modules/dates/other/de.js", files)

    def test_files_whose_names_a_library_fills_in(self):
        self.check({
            "package.json": package("program"),
            "main.cjs": "const fs = require('fs'), path = require('path');\n"
                        "const all = path.join(__dirname, 'locales/{{lng}}/{{ns}}.json');\n"
                        "const read = (lng, ns) => JSON.parse(fs.readFileSync(all.replace('{{lng}}', lng).replace('{{ns}}', ns)));\n"
                        "console.log(read('de', 'page'), read('en', 'mail'));\n",
            "locales/de/page.json": '"Seite"',
            "locales/en/mail.json": '"mail"',
        }, ["Seite mail"], [])

    def test_plug_ins_that_the_package_of_a_command_declares(self):
        self.check({
            "node_modules/tool/package.json": package("tool", dependencies={"host": "1", "host-plugin-ours": "1", "host-words": "1"}),
            "node_modules/tool/bin.js": "const { load } = require('host'), path = require('path');\n"
                                        "for (const n of ['ours', 'other']) console.log(load(path.join(__dirname, 'settings.json'), n));\n",
            "node_modules/tool/settings.json": '{ "prefix": "host-plugin-" }',
            "node_modules/host/package.json": package("host"),
            "node_modules/host/index.js":
                "const { createRequire } = require('module');\n"
                "exports.load = (settings, name) => {\n"
                "  const near = createRequire(settings);\n"
                "  try { return near(near(settings).prefix + name); } catch (e) { return e.code; }\n"
                "};\n"
                "exports.any = (name) => require(name);\n",
            "node_modules/host-plugin-ours/package.json": package("host-plugin-ours"),
            "node_modules/host-plugin-ours/index.js": "module.exports = 'ours with ' + require('helper');\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 'its helper';\n",
            "node_modules/host-plugin-other/package.json": package("host-plugin-other"),
            "node_modules/host-plugin-other/index.js": "module.exports = 'other';\n",
        }, ["ours with its helper", "MODULE_NOT_FOUND"],
            ["notice: 1 computed call of require() or import() is left to the run time, in host"], "node_modules/tool/bin.js")

    def test_data_that_packages_name(self):
        files = self.check({
            "main.cjs": "const { words, names } = require('speller');\nconsole.log(words, names('all-words/all.json'));\n",
            "node_modules/speller/package.json": package("speller", dependencies={"all-words": "1"}),
            "node_modules/speller/index.js":
                "const all = 'all-words/all.json', fs = require('fs');\n"
                "const read = (name, from) => JSON.parse(fs.readFileSync(require.resolve(name, { paths: [from] }), 'utf8'));\n"
                "exports.words = read(all, __dirname);\n"
                "exports.names = (name) => read(name, __dirname).map((one) => read(one, require('path').dirname(require.resolve(name))).words);\n",
            "node_modules/all-words/package.json": package("all-words", dependencies={"english-words": "1"}),
            "node_modules/all-words/index.js": "module.exports = ['english-words/words.json'];\n",
            "node_modules/all-words/all.json": '["english-words/words.json"]',
            "node_modules/english-words/package.json": package("english-words", main="words.json"),
            "node_modules/english-words/words.json": '{ "words": "words.txt" }',
            "node_modules/english-words/words.txt": "tea",
            "node_modules/other-words/package.json": package("other-words", main="words.json"),
            "node_modules/other-words/words.json": "{}",
        }, ["[ 'english-words/words.json' ] [ 'words.txt' ]"],
            ["notice: all files of speller are packed: its code computes the names of files"])
        self.assertIn("/app/node_modules/english-words/words.txt", files)
        self.assertNotIn("/app/node_modules/other-words/words.json", files)

    def test_import_in_a_text_that_is_evaluated(self):
        self.check({
            "node_modules/tool/package.json": package("tool", dependencies={"engine": "1"}),
            "node_modules/tool/bin.js": "eval('import(\"engine\")').then(({ run }) => eval('import(\"../tool/own.mjs\")').then(run));\n",
            "node_modules/tool/own.mjs": "export const word = 'runs';\n",
            "node_modules/engine/package.json": package("engine", type="module", exports="./engine.js"),
            "node_modules/engine/engine.js": "export const run = ({ word }) => console.log(word);\n",
        }, ["runs"], [], "node_modules/tool/bin.js")

    def test_commands_and_plug_ins_of_oclif(self):
        load = ("const fs = require('fs'), path = require('path');\n"
                "exports.run = (root, name) => {\n"
                "  const { oclif } = JSON.parse(fs.readFileSync(path.join(root, 'package.json')));\n"
                "  for (const plugin of (oclif.plugins ?? []).slice(0, 1)) exports.run(path.join(root, '..', plugin), name);\n"
                "  const folder = path.join(root, oclif.commands?.target ?? oclif.commands);\n"
                "  for (const file of fs.readdirSync(folder)) console.log(require(path.join(folder, file))());\n"
                "  for (const hook of Object.values(oclif.hooks ?? {})) require(path.join(root, [hook].flat()[0]))();\n"
                "};\n")
        files = self.check({
            "node_modules/tool/package.json": package("tool", bin="run.js", dependencies={"core": "1", "plugin-a": "1"}, oclif={
                "commands": "./lib/commands", "plugins": ["plugin-a", "plugin-missing"]}),
            "node_modules/tool/run.js": "#!/usr/bin/env node\nrequire('core').run(require('path').dirname(__filename));\n",
            "node_modules/tool/lib/commands/go.js": "module.exports = () => 'go ' + require('helper');\n",
            "node_modules/core/package.json": package("core"),
            "node_modules/core/index.js": load,
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 'helped';\n",
            "node_modules/plugin-a/package.json": package("plugin-a", main="dist/index.js", oclif={
                "commands": {"strategy": "pattern", "target": "dist/commands"}, "hooks": {"init": ["./dist/hooks/init"]}}),
            "node_modules/plugin-a/oclif.manifest.json": "{}",
            "node_modules/plugin-a/dist/index.js": "",
            "node_modules/plugin-a/dist/commands/add.js": "module.exports = () => 'add ' + require('helper');\n",
            "node_modules/plugin-a/dist/hooks/init.js": "module.exports = () => console.log('init');\n",
            "node_modules/plugin-a/docs/a.js": "",
        }, ["add helped", "init", "go helped"],
            ["notice: 2 computed calls of require() or import() are left to the run time, in core (2)",
             "notice: all files of tool are packed: its code computes the names of files"], "node_modules/tool/run.js")
        self.assertIn("/app/node_modules/plugin-a/oclif.manifest.json", files)
        self.assertNotIn("/app/node_modules/plugin-a/docs/a.js", files)

    def test_folder_of_commands_for_yargs(self):
        self.check({
            "main.cjs": "require('parser').commandDir('commands', { recurse: true }).go();\n",
            "commands/add.js": "exports.name = 'add ' + require('helper');\n",
            "commands/deep/go.js": "exports.name = 'go';\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 'helped';\n",
            "node_modules/parser/package.json": package("parser"),
            "node_modules/parser/index.js":
                "const fs = require('fs'), path = require('path');\n"
                "let folder;\n"
                "exports.commandDir = (name) => { folder = path.join(path.dirname(require.main.filename), name); return exports; };\n"
                "exports.go = () => { for (const f of fs.readdirSync(folder, { recursive: true }).sort()) if (f.endsWith('.js')) console.log(require(path.join(folder, f)).name); };\n",
        }, ["add helped", "go"], ["notice: 1 computed call of require() or import() is left to the run time, in parser"])

    def test_folder_of_a_package_by_what_it_resolves_to(self):
        files = self.check({
            "main.mjs": "import { createRequire } from 'node:module';\n"
                        "import { readFileSync } from 'node:fs';\n"
                        "import path from 'node:path';\n"
                        "const require = createRequire(import.meta.url);\n"
                        "const slides = path.join(require.resolve('slides'), '..', '..');\n"
                        "const themes = path.dirname(require.resolve('themes/package.json'));\n"
                        "const name = (text) => text.slice(1);\n"
                        "for (const file of [path.join(slides, name('xcss'), 'a.css'), path.join(themes, name('xdark.css'))]) console.log(readFileSync(file, 'utf8'));\n"
                        "console.log(path.basename(require.resolve('other')));\n",
            "node_modules/slides/package.json": package("slides", main="dist/slides.js"),
            "node_modules/slides/dist/slides.js": "",
            "node_modules/slides/css/a.css": "a {}",
            "node_modules/themes/package.json": package("themes"),
            "node_modules/themes/dark.css": "dark {}",
            "node_modules/other/package.json": package("other"),
            "node_modules/other/index.js": "",
            "node_modules/other/more.css": "",
        }, ["a {}", "dark {}", "index.js"], ["notice: all files of slides, themes are packed: their code computes the names of files"], "main.mjs")
        self.assertNotIn("/app/node_modules/other/more.css", files)

    def test_modules_that_declarations_name(self):
        """Declarations are data: what they import calls for nothing."""
        reader = "exports.read = (n) => require('fs').readFileSync(require('path').join(__dirname, n + '.d.ts'), 'utf8');\n"
        files = self.check({
            "main.cjs": "console.log(require('reader').read('types'), process.getActiveResourcesInfo().length);\n",
            "node_modules/reader/package.json": package("reader"),
            "node_modules/reader/index.js": reader,
            "node_modules/reader/types.d.ts": "export const sqlite: typeof import('node:sqlite');",
        }, ["export const sqlite: typeof import('node:sqlite'); 0"], ["notice: all files of reader are packed: its code computes the names of files"])
        self.assertIn("/app/node_modules/reader/types.d.ts", files)

    def test_project_that_a_program_is_installed_in(self):
        self.check({
            "package.json": package("project"),
            "node_modules/tool/package.json": package("tool", bin="run.js"),
            "node_modules/tool/run.js": "#!/usr/bin/env node\n"
                                        "const root = __dirname.slice(0, __dirname.lastIndexOf('node_modules'));\n"
                                        "console.log(JSON.parse(require('fs').readFileSync(root + 'package.json')).name);\n",
        }, ["project"], ["notice: all files of tool are packed: its code computes the names of files"], "node_modules/tool/run.js")

    def test_files_of_packages_by_their_paths(self):
        self.check({
            "node_modules/tool/package.json": package("tool", bin="run.mjs", dependencies={"engine": "1", "styles": "1", "paints": "1"}),
            "node_modules/tool/run.mjs":
                "#!/usr/bin/env node\n"
                "import { execFileSync } from 'node:child_process';\n"
                "import { readFileSync, existsSync } from 'node:fs';\n"
                "import { createRequire } from 'node:module';\n"
                "import path from 'node:path';\n"
                "const back = (file) => { let at = import.meta.dirname; while (!existsSync(path.join(at, file))) at = path.dirname(at); return path.join(at, file); };\n"
                "console.log(execFileSync('node', [back(path.join('node_modules', 'engine', 'engine.js'))], { encoding: 'utf8' }).trim());\n"
                "console.log(readFileSync(back('node_modules/paints/red.css'), 'utf8'));\n"
                "const require = createRequire(import.meta.url);\n"
                "const find = (name) => require.resolve(name);\n"
                "console.log(readFileSync(find('styles/a.css'), 'utf8'));\n",
            "node_modules/engine/package.json": package("engine"),
            "node_modules/engine/engine.js": "console.log('engine', require('./lib/part'));\n",
            "node_modules/engine/lib/part.js": "module.exports = 'with its part';\n",
            "node_modules/styles/package.json": package("styles"),
            "node_modules/styles/a.css": "a {}",
            "node_modules/paints/package.json": package("paints"),
            "node_modules/paints/red.css": "red",
        }, ["engine with its part", "red", "a {}"], ["notice: all files of tool are packed: its code computes the names of files"],
            "node_modules/tool/run.mjs")

    def test_endings_that_require_takes_for_javascript(self):
        self.check({
            "main.cjs": "const { parse, broken } = require('parser');\nconsole.log(parse('a'), broken());\n",
            "node_modules/parser/package.json": package("parser"),
            "node_modules/parser/index.js": "exports.parse = require('./grammar.pjs').parse;\n"
                                            "exports.broken = () => { try { require(\"./rules.peg\"); } catch (e) { return e.name; } };\n",
            "node_modules/parser/grammar.pjs": "exports.parse = (text) => [text, require('./more').n];\n",
            "node_modules/parser/more.js": "exports.n = 1;\n",
            "node_modules/parser/rules.peg": "start = 'a' / 'b' :\n",
        }, ["[ 'a', 1 ] SyntaxError"], [])

    def test_subcommands_in_files_of_their_own(self):
        self.check({
            "node_modules/tool/package.json": package("tool", dependencies={"commander": "1"}),
            "node_modules/tool/bin/tool": "#!/usr/bin/env node\nrequire('commander').start(require.main.filename, 'add');\n",
            "node_modules/tool/bin/tool-add": "#!/usr/bin/env node\nrequire('../lib/add')(process.argv[2]);\n",
            "node_modules/tool/lib/add.js": "module.exports = (name) => console.log('adds', name, require('helper'));\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 41;\n",
            "node_modules/commander/package.json": package("commander"),
            "node_modules/commander/index.js":
                "const { spawn } = require('child_process');\n"
                "exports.start = (main, name) => spawn(`${main}-${name}`, ['one'], { stdio: 'inherit' });\n",
        }, ["adds one 41"], [], "node_modules/tool/bin/tool")

    def test_pattern_that_would_be_all_packages(self):
        self.check({
            "main.cjs": "console.log(require('finder').find('driver'));\n",
            "node_modules/finder/package.json": package("finder", dependencies={"driver": "1"}),
            "node_modules/finder/lib/index.js": "exports.find = (name) => require('../../' + name).name;\n",
            "node_modules/finder/index.js": "module.exports = require('./lib');\n",
            "node_modules/driver/package.json": package("driver"),
            "node_modules/driver/index.js": "exports.name = 'a driver';\n",
            "node_modules/other/package.json": package("other"),
            "node_modules/other/index.js": "This is no code;\n",
            "node_modules/other/LICENSE": "Do with it what you want.\n",
        }, ["a driver"], ["notice: 1 computed call of require() or import() is left to the run time, in finder"])

    def test_name_that_require_and_import_miss(self):
        self.check({
            "main.cjs": "require('loaders').load();\n",
            "node_modules/loaders/package.json": package("loaders"),
            "node_modules/loaders/index.js":
                "const code = (e) => console.log(e.code);\n"
                "exports.one = () => require('optional');\n"
                "exports.two = async () => { await import('optional'); };\n"
                "exports.load = () => { try { exports.one(); } catch (e) { code(e); } exports.two().catch(code); };\n",
        }, ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"],
            ["notice: a module is not found and left to the run time: 'optional' (node_modules/loaders/index.js)"])

    def test_code_in_a_folder_that_is_read(self):
        self.check({
            "package.json": package("tool"),
            "main.cjs": "const fs = require('fs'), path = require('path');\n"
                        "for (const n of fs.readdirSync(path.join(__dirname, 'commands'))) require(path.join(__dirname, 'commands', n)).run();\n"
                        "require('./models');\n",
            "commands/one.js": "exports.run = () => console.log(require('helper'));\n",
            "commands/two.mjs": "import value from 'helper';\nexport const run = () => console.log(value + 1);\n",
            "models/index.js": "for (const n of require('fs').readdirSync(__dirname)) if (n !== 'index.js') require(require('path').join(__dirname, n));\n",
            "models/user.js": "console.log('user', require('only-here'));\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 41;\n",
            "node_modules/only-here/package.json": package("only-here"),
            "node_modules/only-here/index.js": "module.exports = true;\n",
        }, ["41", "42", "user true"],
            ["notice: 2 computed calls of require() or import() are left to the run time, in the app (2)"])

    def test_folder_that_another_module_loads(self):
        self.check({
            "main.cjs": "console.log(require('host').plugins());\n",
            "node_modules/host/package.json": package("host", dependencies={"require-all-of": "1", "helper": "1"}),
            "node_modules/host/index.js":
                "const path = require('path'), requireAll = require('require-all-of');\n"
                "exports.plugins = () => requireAll(path.join(path.dirname(module.filename), 'plugins'));\n",
            "node_modules/host/plugins/one.js": "module.exports = require('helper');\n",
            "node_modules/require-all-of/package.json": package("require-all-of"),
            "node_modules/require-all-of/index.js":
                "const fs = require('fs');\n"
                "module.exports = (folder) => fs.readdirSync(folder).map((name) => require(`${folder}/${name}`));\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 41;\n",
        }, ["[ 41 ]"], ["notice: 1 computed call of require() or import() is left to the run time, in require-all-of"])

    def test_names_for_a_function_that_is_given_require(self):
        self.check({
            "main.cjs": "require('host').run();\n",
            "node_modules/host/package.json": package("host", dependencies={"lazily": "1", "helper": "1"}),
            "node_modules/host/index.js":
                "const lazy = require('lazily')(require);\n"
                "const helper = lazy('helper'), other = lazy('other');\n"
                "exports.run = () => { console.log(helper()); try { other(); } catch (e) { console.log(e.code); } };\n",
            "node_modules/lazily/package.json": package("lazily"),
            "node_modules/lazily/index.js": "module.exports = (load) => (name) => () => load(name);\n",
            "node_modules/helper/package.json": package("helper"),
            "node_modules/helper/index.js": "module.exports = 41;\n",
            "node_modules/other/package.json": package("other"),
            "node_modules/other/index.js": "module.exports = 'is not declared';\n",
        }, ["41", "MODULE_NOT_FOUND"], [])

    def test_module_with_a_second_name(self):
        project = e2e.scratch("project")
        e2e.write_tree(project, {
            "main.cjs": "console.log(require('./link.cjs') === require('./real.cjs'), require.resolve('./link.cjs'));\n",
            "real.cjs": "exports.one = 1;\n",
        })
        os.symlink("real.cjs", os.path.join(project, "link.cjs"))
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), os.path.join(project, "main.cjs"), "-o", app])
        self.assertEqual(packed.code, 0, packed)
        self.assertEqual(e2e.run([app], cwd=e2e.scratch("run")).out, "true /app/real.cjs\n")

    def test_links_in_node_modules(self):
        # As pnpm and workspaces lay packages out.
        project = e2e.scratch("project")
        e2e.write_tree(project, {
            "package.json": package("app"),
            "main.cjs": "const name = ['linked', '@ours/core'];\nconsole.log(require('linked'), require('@ours/core'));\n"
                        "for (const n of name) console.log(require(n), require.resolve(n));\n",
            "packages/core/package.json": package("@ours/core"),
            "packages/core/index.js": "module.exports = 'core';\n",
            "node_modules/.pnpm/linked@1/node_modules/linked/package.json": package("linked"),
            "node_modules/.pnpm/linked@1/node_modules/linked/index.js": "module.exports = 'linked with ' + require('inner');\n",
            "node_modules/.pnpm/inner@1/node_modules/inner/package.json": package("inner"),
            "node_modules/.pnpm/inner@1/node_modules/inner/index.js": "module.exports = 'inner';\n",
        })
        modules = os.path.join(project, "node_modules")
        os.mkdir(os.path.join(modules, "@ours"))
        os.symlink("../../packages/core", os.path.join(modules, "@ours", "core"))
        os.symlink(".pnpm/linked@1/node_modules/linked", os.path.join(modules, "linked"))
        os.symlink("../../inner@1/node_modules/inner", os.path.join(modules, ".pnpm", "linked@1", "node_modules", "inner"))
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), os.path.join(project, "main.cjs"), "-o", app])
        self.assertEqual(packed.code, 0, packed)
        ran = e2e.run([app], cwd=e2e.scratch("run"))
        self.assertEqual(ran.out.splitlines(), [
            "linked with inner core", "linked with inner /app/node_modules/.pnpm/linked@1/node_modules/linked/index.js",
            "core /app/packages/core/index.js"], ran)

    def test_links_to_data(self):
        project = e2e.scratch("project")
        e2e.write_tree(project, {
            "main.cjs": "console.log(require('speller').read());\n",
            "node_modules/.pnpm/s@1/node_modules/speller/package.json": package("speller", dependencies={"words": "1"}),
            "node_modules/.pnpm/s@1/node_modules/speller/index.js":
                "const fs = require('fs'), path = require('path');\n"
                "exports.read = () => {\n"
                "  const file = require.resolve('words/all.json');\n"
                "  return fs.readFileSync(path.join(fs.realpathSync(file), '..', require(file).text), 'utf8');\n"
                "};\n",
            "node_modules/.pnpm/w@1/node_modules/words/package.json": package("words", main="all.json"),
            "node_modules/.pnpm/w@1/node_modules/words/all.json": '{ "text": "words.txt" }',
            "node_modules/.pnpm/w@1/node_modules/words/words.txt": "tea",
        })
        modules = os.path.join(project, "node_modules")
        os.symlink(".pnpm/s@1/node_modules/speller", os.path.join(modules, "speller"))
        os.symlink("../../w@1/node_modules/words", os.path.join(modules, ".pnpm", "s@1", "node_modules", "words"))
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), os.path.join(project, "main.cjs"), "-o", app])
        self.assertEqual(packed.code, 0, packed)
        ran = e2e.run([app], cwd=e2e.scratch("run"))
        self.assertEqual(ran.out, "tea\n", ran)


if __name__ == "__main__":
    e2e.main()
