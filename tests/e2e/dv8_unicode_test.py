#!/usr/bin/env python3
"""dv8's unicode against Python's own tables, and with less of ICU's data."""

import json
import os
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

SAMPLES = ["e\u0301", "\u00e9", "\ufb01", "\u212b", "\u1e9b\u0323", "\uac00\u11a8", "\u0958", "q\u0307\u0323", "\u2126", "\uff76\uff9e", "\u00bd", "a\u0328\u0301"]


class UnicodeTest(e2e.TestCase):
    def lines(self, name, *options, args=()):
        app = self.pack_program(name, *options)
        result = e2e.run([app, *args])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out.splitlines()

    def test_normal_forms(self):
        forms = ["NFC", "NFD", "NFKC", "NFKD"]
        out = self.lines("normal_forms.js", args=[json.dumps(SAMPLES)])
        for form, line in zip(forms, out):
            self.assertEqual(json.loads(line), [unicodedata.normalize(form, text) for text in SAMPLES], form)
        self.assertEqual(out[4], "false true true")

    def test_case(self):
        texts = ["Stra\u00dfe", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\ufb03", "\u0130", "\u01c4", "\u13a0\uab70", "\u1e9e", "K\u212a"]
        out = self.lines("case.js", args=[json.dumps(texts)])
        self.assertEqual(json.loads(out[0]), [text.casefold() for text in texts])
        self.assertEqual(json.loads(out[1]), [text.upper() for text in texts])
        self.assertEqual(out[2], "true true i true")

    def test_case_folding_of_every_character(self):
        out = self.lines("case_folding_of_every_character.js")
        folds = {}
        for line in out:
            point, *to = (chr(int(part, 16)) for part in line.split())
            folds[point] = "".join(to)
        for point in range(0x110000):
            # Python may know an older Unicode: its unassigned characters are not compared.
            if unicodedata.category(chr(point)) not in ("Cn", "Cs"):
                self.assertEqual(folds.get(chr(point), chr(point)), chr(point).casefold(), hex(point))

    def test_segments(self):
        self.assert_prints("segments.js")

    def test_sorting(self):
        self.assert_prints("sorting.js")
        self.assert_prints("sorting_by_locale.js", "--icu=en,sv,de")

    def test_a_locale_that_is_not_packed(self):
        self.assert_prints("a_locale_that_is_not_packed.js")

    def test_encodings(self):
        text = "h\u00e9\u20ac\U0001F600"
        names = {"utf8": "utf-8", "utf16le": "utf-16-le", "utf16be": "utf-16-be"}
        out = self.lines("encodings.js", args=[text, *names])
        for line, codec in zip(out, names.values()):
            self.assertEqual(line, f"{text.encode(codec).hex()} true")
        self.assertEqual(out[3], "104,233,63,63 104,63,63,63 253,255 239,191,189")

    def test_errors(self):
        self.assert_prints("errors.js")


if __name__ == "__main__":
    e2e.main()
