#!/usr/bin/env python3
"""Literals of more bytes than V8 gives its ordinary objects: in the snapshot, and found by hash after it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

# The largest ordinary one-byte string has 131,060 characters.
EDGE = range(131_058, 131_075)


class LargeLiteralsTest(e2e.TestCase):
    def runs_in_all_modes(self, source, out, **kwargs):
        for mode in ("code", "app", "none"):
            with self.subTest(mode):
                start = "dv8.main(main);" if mode == "app" else "main();"
                app = self.pack_source(f"{source}\n{start}\n", f"--snapshot={mode}", **kwargs)
                self.assert_runs([app], out=out)

    def test_sizes_at_the_edge(self):
        literals = ",".join(f"'{'x' * size}'" for size in EDGE)
        self.runs_in_all_modes(
            f"const all = [{literals}]; const main = () => console.log(all.map((one) => one.length - 131058).join(' '));",
            " ".join(str(size - 131_058) for size in EDGE) + "\n",
        )

    def test_names_and_patterns(self):
        name, value, wide = "n" * 150_000, "v" * 300_000, "ü" * 100_000 + "€"
        source = f"""
            const {name} = 5;
            const table = {{ {name}: 1, '{value}': 2, '{wide}': 3 }};
            const pattern = /^[{"a-z" * 50_000}]$/;
            const key = (part, count) => Array.from({{ length: count }}, () => part).join('');
            const main = () => console.log({name}, table[key('n', 150000)], table[key('v', 300000)], table[key('ü', 100000) + '€'],
              Object.keys(table).map((one) => one.length).join(), pattern.test('b'), pattern.test('B'));
        """
        self.runs_in_all_modes(source, "5 1 2 3 150000,300000,100001 true false\n")

    def test_imported_text_and_json(self):
        self.runs_in_all_modes(
            "import text from './big.txt'; import json from './big.json'; import bytes from './big.bin';\n"
            "const main = () => console.log(text.length, json.key.length, bytes.length);",
            "200000 400000 200000\n",
            name="main.mjs",
            files={"big.txt": "t" * 200_000, "big.json": '{"key":"' + "j" * 400_000 + '"}', "big.bin": b"\0" * 200_000},
        )

    def test_threads(self):
        # A thread's heap is made from the snapshot, not from the image.
        source = f"""
            const {{ Thread }} = library('thread', {{}});
            const long = '{"x" * 200_000}';
            new Thread().start(() => console.log(typeof long, 'x'.repeat(200_000).length), (error, status) => console.log(error, status, long.length));
        """
        self.assert_runs([self.pack_source(source)], out="undefined 200000\nnull 0 200000\n")


if __name__ == "__main__":
    e2e.main()
