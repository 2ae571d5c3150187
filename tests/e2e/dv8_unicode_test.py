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
    def lines(self, source, *options, args=()):
        app = self.pack_source("const u = library('unicode', {}); const fails = (f) => { try { f(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); } };" + source, *options)
        result = e2e.run([app, *args])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out.splitlines()

    def test_normal_forms(self):
        forms = ["NFC", "NFD", "NFKC", "NFKD"]
        out = self.lines("const texts = JSON.parse(args[2]); for (const f of u.FORMS) console.log(JSON.stringify(texts.map((t) => u.normalize(t, f)))); console.log(u.isNormalized('e\\u0301'), u.isNormalized('\\u00e9'), u.normalize('e\\u0301') === '\\u00e9');", args=[json.dumps(SAMPLES)])
        for form, line in zip(forms, out):
            self.assertEqual(json.loads(line), [unicodedata.normalize(form, text) for text in SAMPLES], form)
        self.assertEqual(out[4], "false true true")

    def test_case(self):
        texts = ["Stra\u00dfe", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\ufb03", "\u0130", "\u01c4", "\u13a0\uab70", "\u1e9e", "K\u212a"]
        out = self.lines("const texts = JSON.parse(args[2]); console.log(JSON.stringify(texts.map(u.caseFold))); console.log(JSON.stringify(texts.map((t) => u.toUpperCase(t))));"
                         "console.log(u.toUpperCase('i', 'tr') === '\\u0130', u.toLowerCase('I', 'tr') === '\\u0131', u.toLowerCase('I'), u.toUpperCase('\\u03ac', 'el') === '\\u0391');", args=[json.dumps(texts)])
        self.assertEqual(json.loads(out[0]), [text.casefold() for text in texts])
        self.assertEqual(json.loads(out[1]), [text.upper() for text in texts])
        self.assertEqual(out[2], "true true i true")

    def test_case_folding_of_every_character(self):
        out = self.lines(
            "for (let i = 0; i < 0x110000; i++) { if (i >= 0xd800 && i < 0xe000) continue; const c = String.fromCodePoint(i), f = u.caseFold(c);"
            "if (f !== c) console.log(i.toString(16), Array.from(f, (x) => x.codePointAt(0).toString(16)).join(' ')); }")
        folds = {}
        for line in out:
            point, *to = (chr(int(part, 16)) for part in line.split())
            folds[point] = "".join(to)
        for point in range(0x110000):
            # Python may know an older Unicode: its unassigned characters are not compared.
            if unicodedata.category(chr(point)) not in ("Cn", "Cs"):
                self.assertEqual(folds.get(chr(point), chr(point)), chr(point).casefold(), hex(point))

    def test_segments(self):
        self.assertEqual(self.lines(
            "console.log(JSON.stringify([u.segment('a\\u0308\\u{1F468}\\u200D\\u{1F469}\\u200D\\u{1F467}\\r\\nb').length, u.segment('Hello, world.', 'word'), u.segment('One. Two? Three', 'sentence'), u.segment('')]));"
        ), ['[4,["Hello",","," ","world","."],["One. ","Two? ","Three"],[]]'])

    def test_sorting(self):
        self.assertEqual(self.lines(
            "console.log(u.sort(['z', '\\u00e4', 'a', 'Z', 'b']).join(' '), u.sort(['10', '9', '1'], 'en', { numeric: true }).join(' '), u.collator('en', { sensitivity: 'base' }).compare('a', '\\u00c4'), ['z', 'a'].length);"
        ), ["a \u00e4 b z Z 1 9 10 0 2"])
        self.assertEqual(self.lines("console.log(u.sort(['z', '\\u00e4', 'a'], 'sv').join(' '), u.sort(['z', '\\u00e4', 'a'], 'de').join(' '));", "--icu=en,sv,de"), ["a z \u00e4 a \u00e4 z"])

    def test_a_locale_that_is_not_packed(self):
        self.assertEqual(self.lines("fails(() => u.collator('sv')); fails(() => u.sort([], 'sv-SE')); fails(() => u.segment('a', 'word', 'th')); fails(() => u.collator('not a locale'));"), [
            "RangeError: collator: the locale 'sv' is not in this program; dv8pack --icu=en,sv or --icu=full packs it",
            "RangeError: collator: the locale 'sv-SE' is not in this program; dv8pack --icu=en,sv or --icu=full packs it",
            "RangeError: segment: the locale 'th' is not in this program; dv8pack --icu=en,th or --icu=full packs it",
            "RangeError: collator: 'not a locale' is no locale"])

    def test_encodings(self):
        text = "h\u00e9\u20ac\U0001F600"
        names = {"utf8": "utf-8", "utf16le": "utf-16-le", "utf16be": "utf-16-be"}
        source = f"const text = {json.dumps(text)}; const utf8 = new TextEncoder().encode(text);"
        for name in names:
            source += f"console.log(Buffer.from(u.transcode(utf8, 'utf8', '{name}')).toString('hex'), Buffer.from(u.transcode(u.transcode(utf8, 'utf8', '{name}'), '{name}', 'utf8')).toString() === text);"
        out = self.lines(source + "console.log(u.transcode(utf8, 'utf8', 'latin1').join(), u.transcode(utf8, 'utf8', 'ascii').join(), u.transcode(new Uint8Array([0xff]), 'utf8', 'utf16le').join(), u.transcode(new Uint8Array([0, 0xd8]), 'utf16le', 'utf8').join());")
        for line, codec in zip(out, names.values()):
            self.assertEqual(line, f"{text.encode(codec).hex()} true")
        self.assertEqual(out[3], "104,233,63,63 104,63,63,63 253,255 239,191,189")

    def test_errors(self):
        self.assertEqual(self.lines(
            "const b = (...x) => new Uint8Array(x), fatal = { fatal: true };"
            "fails(() => u.normalize('a', 'NFX')); fails(() => u.normalize(5)); fails(() => u.segment('a', 'line')); fails(() => u.toLowerCase('a', '!')); fails(() => u.transcode('a', 'utf8', 'latin1')); fails(() => u.transcode(b(1), 'utf8', 'koi8-r'));"
            "fails(() => u.transcode(b(0xff), 'utf8', 'utf16le', fatal)); fails(() => u.transcode(b(0xe2, 0x82, 0xac), 'utf8', 'latin1', fatal)); fails(() => u.transcode(b(0, 0xd8), 'utf16le', 'utf8', fatal)); fails(() => u.transcode(b(1), 'utf16le', 'utf8', fatal)); fails(() => u.transcode(b(200), 'ascii', 'utf8', fatal));"
        ), ["RangeError: normalize: 'NFX' is none of NFC, NFD, NFKC, NFKD", "TypeError: normalize: the text must be a string",
            "RangeError: segment: 'line' is none of grapheme, word, sentence", "RangeError: toLowerCase: '!' is no locale",
            "TypeError: transcode: the bytes must be a Uint8Array", "RangeError: transcode: 'koi8-r' is none of utf8, utf16le, utf16be, latin1, ascii",
            "RangeError: transcode: the bytes are not utf8", "RangeError: transcode: U+20AC is not in latin1",
            "RangeError: transcode: the bytes are not utf16le", "RangeError: transcode: the bytes end in the middle of a character",
            "RangeError: transcode: a byte above 127 is not ASCII"])


if __name__ == "__main__":
    e2e.main()
