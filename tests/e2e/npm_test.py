#!/usr/bin/env python3
"""Ten of npm's programs, packed by their links in node_modules/.bin and without options; //tests/npm has a hundred."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

FILES = {
    "order.js": "function order (lines) { return lines . map ( ( { name , count } ) => `${ name } x ${ count }` ) }\n",
    "order.json": '{ "lines": [{ "name": "tea", "count": 2 }] }\n',
    "order.json5": "{ lines: [{ name: 'tea', count: 0x2, }], }\n",
    "order.md": "# Order\n\n| name | count |\n|------|------:|\n| *tea* | 2 |\n",
    "order.mustache": "{{#lines}}{{name}} x {{count}}\n{{/lines}}",
    "order.yaml": "lines: [ { name: tea, count: 2 } ]\n",
}


class NpmTest(e2e.TestCase):
    def same_as_node(self, name, *runs):
        """Packs node_modules/.bin/NAME and compares it with Node, run with each of the arguments in `runs`."""
        modules = e2e.npm_modules()
        link = os.path.join(modules, ".bin", name)
        output = os.path.join(e2e.scratch("out"), name)
        packed = e2e.run([e2e.dv8pack(), link, "-o", output], cwd=os.path.dirname(modules), timeout=120)
        self.assertEqual(packed.code, 0, packed)
        for arguments in runs:
            with self.subTest(arguments=arguments):
                folder = e2e.scratch("run")
                e2e.write_tree(folder, FILES)
                theirs = e2e.run(["node", link, *arguments], cwd=folder)
                ours = e2e.run([output, *arguments], cwd=folder)
                self.assertEqual((ours.code, ours.out), (theirs.code, theirs.out), ours)

    def own_package(self, files):
        """A project with a package of these files, whose program is cli.js: the link to that."""
        project = e2e.scratch("project")
        package = os.path.join("node_modules", "orders")
        e2e.write_tree(project, {"package.json": "{}", **{os.path.join(package, name): text for name, text in files.items()}})
        os.mkdir(os.path.join(project, "node_modules", ".bin"))
        link = os.path.join(project, "node_modules", ".bin", "order")
        os.symlink("../orders/cli.js", link)
        return project, link

    def test_starts_from_the_link(self):
        project, link = self.own_package({"package.json": '{"name": "orders"}', "cli.js": e2e.program_text("starts_from_the_link.js")})
        app = self.pack(link, cwd=project)
        theirs = e2e.run(["node", link])
        self.assert_runs([app], out=theirs.out.replace(project, "/app"))

    def test_a_pattern_finds_what_is_no_code(self):
        project, link = self.own_package({
            "package.json": '{"name": "orders", "main": "lib/main.js"}',
            "LICENSE": "Copyright (c) 2024\n\nSome rights, (a) and (b), are nobody's",
            "lib/main.js": "module.exports = 'main';",
            "cli.js": "const { main } = require('./package.json'); console.log(require('./' + main));",
        })
        self.assert_runs([self.pack(link, cwd=project)], out="main\n")

    def test_what_computed_names_may_leave_out(self):
        project, link = self.own_package({
            "package.json": '{"name": "orders", "dependencies": {"order-templates": "1"}}',
            "../order-templates/package.json": '{"name": "order-templates"}',
            "../order-templates/new/README.md": "# Order",
            "rules/tea.rule.js": "module.exports = 'rule';",
            "reports/tea/index.js": "module.exports = 'report';",
            "commands/tea/run.js": "module.exports = 'command';",
            "child.js": "console.log('child', process.argv[2]);",
            "cli.js": e2e.program_text("what_computed_names_may_leave_out.js")})
        app = self.pack(link, cwd=project)
        theirs = e2e.run(["node", link], cwd=e2e.scratch("run"))
        self.assertEqual(theirs.code, 0, theirs)
        self.assert_runs([app], out=theirs.out, cwd=e2e.scratch("run"))

    def test_packages_that_only_a_hidden_or_computed_import_asks_for(self):
        both = '"exports": { "import": "./main.mjs", "require": "./main.cjs" }'
        project, link = self.own_package({
            "package.json": '{"name": "orders", "dependencies": {"teas": "1"}, "exports": {"./run": {"import": "./run.mjs", "require": "./run.cjs"}}}',
            "run.mjs": "export default 'run.mjs';",
            "run.cjs": "module.exports = 'run.cjs';",
            "../teas/package.json": '{"name": "teas", %s}' % both,
            "../teas/main.mjs": "export default 'main.mjs';",
            "../teas/main.cjs": "module.exports = 'main.cjs';",
            "load.mjs": "export const load = async (name) => (await import(name)).default;",
            "cli.js": e2e.program_text("packages_that_only_a_hidden_or_computed_import_asks_for.js")})
        theirs = e2e.run(["node", link])
        self.assertEqual(theirs.out, "run.cjs main.cjs\nmain.mjs run.mjs\n")
        self.assert_runs([self.pack(link, cwd=project)], out=theirs.out)

    def test_folders_that_a_module_puts_before_its_own(self):
        project, link = self.own_package({
            "package.json": '{"name": "orders"}',
            "lib/orders/package.js": "module.exports = 'the file of lib';",
            "cli.js": """
                module.paths.unshift(require('path').join(__dirname, 'lib'));
                console.log(require('orders/package'));
                """})
        theirs = e2e.run(["node", link])
        self.assertEqual(theirs.out, "the file of lib\n")
        self.assert_runs([self.pack(link, cwd=project)], out=theirs.out)

    def test_he(self):
        self.same_as_node("he", ["--version"], ["--help"], ["--encode", "ä < ö"])

    def test_js_yaml(self):
        self.same_as_node("js-yaml", ["--version"], ["--help"], ["order.yaml"])

    def test_json5(self):
        self.same_as_node("json5", ["--version"], ["--help"], ["--space", "2", "--out-file", "-", "order.json5"])

    def test_marked(self):
        self.same_as_node("marked", ["--version"], ["--input", "order.md"])

    def test_mime(self):
        self.same_as_node("mime", ["--version"], ["--help"], ["photo.jpeg"])

    def test_mustache(self):
        self.same_as_node("mustache", ["--version"], ["--help"], ["order.json", "order.mustache"])

    def test_prettier(self):
        # Its bin file hides the import() of the rest, an ES module, in a text.
        self.same_as_node("prettier", ["--version"], ["--help"], ["order.js", "order.yaml"])

    def test_terser(self):
        self.same_as_node("terser", ["--version"], ["--help"], ["order.js", "--compress", "--mangle"])

    def test_tsc(self):
        self.same_as_node("tsc", ["--version"], ["--help"], ["--showConfig", "--allowJs", "order.js"])

    def test_yaml(self):
        self.same_as_node("yaml", ["--help"], ["valid", "order.yaml"])


if __name__ == "__main__":
    e2e.main()
