#!/usr/bin/env python3
"""Embedded files are a read-only file system's: symbolic links, what is no folder, descriptors."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class VirtualRootTest(e2e.TestCase):
    def check(self, name, links=()):
        """Packs the program with data/, in which symbolic links are made; its output is name.out."""
        project = os.path.join(e2e.scratch("project"), "project")
        shutil.copytree(e2e.program(""), project)
        for link, target in links:
            os.symlink(target, os.path.join(project, "data", link))
        app = self.pack(os.path.join(project, f"{name}.cjs"), "--asset", os.path.join(project, "data"))
        result = self.assert_runs([app], cwd=e2e.scratch("run"))
        self.assert_golden(e2e.program(f"{name}.out"), result.out)

    def test_links(self):
        self.check("links", [("file", "a.txt"), ("folder", "sub"), ("outside", "../beside.txt"), ("nowhere", "none"), ("circle", "circle")])

    def test_a_file_is_no_folder(self):
        self.check("a_file_is_no_folder")

    def test_children_run_and_read_files(self):
        self.check("children_run_and_read_files")

    def test_descriptors_are_for_reading(self):
        self.check("descriptors_are_for_reading")

    def test_writing_calls(self):
        # Each of fs's, in its three forms, at a file, in a folder and for a new name.
        self.check("writing_calls")

    def test_folders(self):
        self.check("folders")


class NamesTest(e2e.TestCase):
    """Names in any script, which Bazel's folders of test data cannot have."""

    def test_modules_data_and_text(self):
        project = e2e.scratch("project")
        with open(e2e.program("names_beyond_ascii.ts"), encoding="utf-8") as file:
            main = file.read()
        e2e.write_tree(project, {
            "package.json": '{"type": "module"}',
            "main.ts": main,
            "gr\u00f6\u00dfe/ma\u00df.js": "export const gr\u00f6\u00dfe = import.meta.filename.split('/').at(-1);\n",
            "gr\u00f6\u00dfe/\u6570 \u636e.json": '{ "\u4e00": 1 }',
            "gr\u00f6\u00dfe/na\u00efve text#1?.txt": "text\n",
            "gr\u00f6\u00dfe/\U0001f600.mjs": "export default 'face';\n",
        })
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), "--asset", "gr\u00f6\u00dfe", "main.ts", "-o", app], cwd=project)
        self.assertEqual(packed.code, 0, packed)
        ran = e2e.run([app])
        self.assertEqual((ran.code, ran.out), (0, "ma\u00df.js { '\u4e00': 1 } text\n4 true face\n"), ran)


if __name__ == "__main__":
    e2e.main()
