#!/usr/bin/env python3
"""docs/api: the pages are those that the sources give, and their examples print what they say."""

import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

SOURCES = e2e.repo("stdlib-js/dv8")


class ApiDocsTest(e2e.TestCase):
    def test_pages_are_up_to_date(self):
        folder = e2e.scratch()
        os.makedirs(os.path.join(folder, "docs"))
        shutil.copy(e2e.repo("docs/generate_api.py"), os.path.join(folder, "docs"))
        for family in ("dv8", "internal"):
            shutil.copytree(e2e.repo(f"stdlib-js/{family}"), os.path.join(folder, "stdlib-js", family))
        subprocess.run([sys.executable, os.path.join(folder, "docs", "generate_api.py")], check=True)
        made, kept = os.path.join(folder, "docs", "api"), e2e.repo("docs/api")
        self.assertEqual(sorted(os.listdir(made)), sorted(os.listdir(kept)), "run docs/generate_api.py")
        for name in os.listdir(made):
            with open(os.path.join(made, name), encoding="utf-8") as file, open(os.path.join(kept, name), encoding="utf-8") as other:
                self.assertEqual(file.read(), other.read(), f"{name}: run docs/generate_api.py")

    def test_every_module_has_an_example(self):
        for name in self.modules():
            self.assertTrue(self.examples(name), f"{name} has no example")

    def test_examples_print_what_they_say(self):
        for name in self.modules():
            for number, example in enumerate(self.examples(name)):
                with self.subTest(module=name, number=number):
                    app = self.pack_source(example["code"], name="main.mjs")
                    result = e2e.run([app], cwd=e2e.scratch())
                    self.assertEqual((result.code, result.out), (0, example["expected"]), f"{name}: {example['code']}\n{result}")

    def modules(self):
        """The sources that have a page."""
        for name in sorted(os.listdir(SOURCES)):
            with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
                if "@module" in file.read(200):
                    yield name

    def examples(self, name):
        command = [sys.executable, e2e.repo("docs/generate_api.py"), "--examples", os.path.join(SOURCES, name)]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


if __name__ == "__main__":
    e2e.main()
