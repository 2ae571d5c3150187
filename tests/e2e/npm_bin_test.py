#!/usr/bin/env python3
"""What npm installs as commands, packed by the links in node_modules/.bin and without options; //tests/npm has many more."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

ORDER = "function order (lines) { return lines . map ( ( { name , count } ) => `${ name } x ${ count }` ) }\n"


class NpmBinTest(e2e.TestCase):
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
                e2e.write_tree(folder, {"order.js": ORDER, "order.yaml": "lines: [ { name: tea, count: 2 } ]\n"})
                theirs = e2e.run(["node", link, *arguments], cwd=folder)
                ours = e2e.run([output, *arguments], cwd=folder)
                self.assertEqual((ours.code, ours.out), (theirs.code, theirs.out), ours)

    def test_tsc(self):
        self.same_as_node("tsc", ["--version"], ["--showConfig", "--allowJs", "order.js"])

    def test_prettier(self):
        # Its bin file hides the import() of the rest, an ES module, in a text.
        self.same_as_node("prettier", ["--version"], ["order.js", "order.yaml"])

    def test_terser(self):
        self.same_as_node("terser", ["--version"], ["order.js", "--compress", "--mangle"])

    def test_yaml(self):
        self.same_as_node("yaml", ["--help"], ["valid", "order.yaml"])


if __name__ == "__main__":
    e2e.main()
