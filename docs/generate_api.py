#!/usr/bin/env python3
"""Writes docs/api/<module>.md from the doc comments of stdlib-js/dv8/<module>.js.

    docs/generate_api.py                     writes all pages and the index
    docs/generate_api.py --examples FILE     prints the file's examples as JSON: [{code, expected}]

A module has a page when its file begins with a comment that has `@module dv8:<name> — text`. On the
page is what is exported and has a doc comment, in the order of the file: functions, classes with
their methods, constants. A comment before several constants is of all that follow without a blank
line. Lines of an example that hold `//> text` say what the program prints.
"""

import json
import os
import re
import sys
import textwrap

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCES = os.path.join(HERE, "..", "stdlib-js", "dv8")

BLOCK = re.compile(r"^([ \t]*)/\*\*(.*?)\*/[ \t]*\n", re.S | re.M)
FUNCTION = re.compile(r"export (async )?function\*? (\w+)\((.*?)\) \{", re.S)
CLASS = re.compile(r"export class (\w+)(?: extends ([\w.]+))?")
CONSTANTS = re.compile(r"(?:export const .*\n)+")
CONSTANT = re.compile(r"export const (\w+)( = -?\d+)?")
REEXPORT = re.compile(r"export \{ ([^}]*) \};")
METHOD = re.compile(r"(static )?(async )?(?:(get|set) )?(\w+)\(([^{]*?)\) \{", re.S)
OWNER = re.compile(r"^(export )?(class|default) ", re.M)
FIELD = re.compile(r"(static )?(\w+)(?: = ([^;\n]*))?;")
TAG = re.compile(r"^@(\w+)", re.M)


def clean(block):
    """A comment's text without its stars."""
    lines = [re.sub(r"^[ \t]*\*[ ]?", "", line) for line in block.strip().split("\n")]
    return re.sub(r" @(returns|throws) ", r"\n@\1 ", "\n".join(lines)).strip()


def tags(text):
    """(description, [(tag, text)])"""
    starts = [m.start() for m in TAG.finditer(text)]
    head = text[: starts[0]] if starts else text
    found = []
    for start, end in zip(starts, starts[1:] + [len(text)]):
        match = TAG.match(text, start)
        found.append((match.group(1), text[match.end():end].strip("\n")))
    return head.strip(), found


def dedent(example):
    return textwrap.dedent(example.strip("\n")).strip("\n")


def expected(code):
    return "".join(f"{m.group(1)}\n" for m in re.finditer(r"//> ?(.*)$", code, re.M))


def prose(text):
    """One line a paragraph."""
    paragraphs = re.split(r"\n[ \t]*\n", text.strip())
    return "\n\n".join(" ".join(line.strip() for line in p.split("\n")) for p in paragraphs)


def declaration(source, at, indent):
    """(level, heading) of what is declared at `at`; None when it is nothing public."""
    rest = source[at:]
    if not indent:
        if match := FUNCTION.match(rest):
            return 2, f"{match.group(1) or ''}{match.group(2)}({arguments(match.group(3))})"
        if match := CLASS.match(rest):
            return 2, f"class {match.group(1)}" + (f" extends {match.group(2)}" if match.group(2) else "")
        if match := CONSTANTS.match(rest):
            return 2, ", ".join("".join(found) for found in CONSTANT.findall(match.group(0)))
        if match := REEXPORT.match(rest):
            return 2, ("class " if inherited(source, match.group(1)) else "") + match.group(1)
        return None
    owner = next(reversed(list(OWNER.finditer(source, 0, at))), None)
    if owner and not owner.group(1):
        return None
    level = 2 if owner and owner.group(2) == "default" else 3
    rest = rest.lstrip(" \t")
    if match := METHOD.match(rest):
        static, asynchronous, accessor, name, params = match.groups()
        if name.startswith("_"):
            return None
        words = (static or "") + (asynchronous or "")
        if accessor:
            return (level, f"{words}{name}") if accessor == "get" else None
        if name == "constructor":
            return level, f"new ({arguments(params)})"
        return level, f"{words}{name}({arguments(params)})"
    if match := FIELD.match(rest):
        return level, f"{match.group(1) or ''}{match.group(2)}"
    return None


def arguments(text):
    return re.sub(r"\s+", " ", text).strip()


def body(text):
    """Markdown of a doc comment without its example."""
    description, found = tags(text)
    out = [prose(description)] if description else []
    items = []
    for tag, value in found:
        value = prose(value)
        if tag == "param":
            match = re.match(r"\{([^}]*)\}\s*(\[?[\w.=\[\]]+\]?)\s*(?:[-—]\s*)?(.*)", value, re.S)
            kind, name, what = match.groups() if match else ("", value.split()[0], " ".join(value.split()[1:]).lstrip("-— "))
            items.append(f"- `{name}`" + (f" ({kind})" if kind else "") + (f": {what}" if what else ""))
        elif tag in ("returns", "throws"):
            match = re.match(r"\{([^}]*)\}\s*(?:[-—]\s*)?(.*)", value, re.S)
            kind, what = match.groups() if match else ("", value)
            words = " ".join(x for x in (f"`{kind}`" if kind else "", what) if x)
            items.append(f"- {tag} {words}")
    if items:
        out.append("\n".join(items))
    for tag, value in found:
        if tag == "example":
            out.append(f"```js\n{dedent(value)}\n```")
    return "\n\n".join(out)


def inherited(source, base):
    """The doc comments of class `base`, of this file or of stdlib-js/internal: [(level, heading, text)]."""
    match = re.search(r"import \{[^}]*\b%s\b[^}]*\} from '\.\./internal/(\w+)\.js'" % re.escape(base), source)
    if match:
        with open(os.path.join(SOURCES, "..", "internal", f"{match.group(1)}.js"), encoding="utf-8") as file:
            source = file.read()
    match = re.search(r"^(?:export )?class %s\b[^\n]*\n(.*?)\n}\n" % re.escape(base), source, re.M | re.S)
    return described(match.group(1)) if match else []


def described(source):
    """What in `source` has a doc comment: [(level, heading, markdown)]."""
    out = []
    for block in BLOCK.finditer(source):
        what = declaration(source, block.end(), block.group(1))
        if what is not None:
            out.append((*what, body(clean(block.group(2)))))
    return out


def page(source, path):
    """The page's name and text; None when the module has none."""
    first = BLOCK.match(source)
    module = first and re.match(r"@module (\S+)\s*(?:[-—]\s*)?(.*)", clean(first.group(2)), re.S)
    if not module:
        return None
    description, found = tags(module.group(2))
    out = [f"# {module.group(1)}", prose(description)]
    out += [f"```js\n{dedent(value)}\n```" for tag, value in found if tag == "example"]
    found = described(source[first.end():])
    for index, (level, heading, text) in enumerate(found):
        out += [f"{'#' * level} `{heading}`"] + ([text] if text else [])
        last_of_class = index + 1 == len(found) or found[index + 1][0] == 2
        if not last_of_class:
            continue
        members = [h for l, h, _ in found[: index + 1] if l == 3]
        owner = next((h for l, h, _ in reversed(found[: index + 1]) if l == 2), "")
        if base := re.match(r"class (?:\w+ extends )?(\w+)$", owner):
            for _, name, words in inherited(source, base.group(1)):
                if name not in members:
                    out += [f"### `{name}`", words]
    note = f"<!-- Made from {path} by docs/generate_api.py. -->"
    return module.group(1).split(":")[1], prose(description), note + "\n" + "\n\n".join(out) + "\n"


def pages():
    """{file name: text} of all pages and the index."""
    out, index = {}, []
    for name in sorted(os.listdir(SOURCES)):
        if not name.endswith(".js"):
            continue
        with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
            made = page(file.read(), f"stdlib-js/dv8/{name}")
        if made:
            module, description, text = made
            out[f"{module}.md"] = text
            summary = re.split(r"\.\s", description)[0].rstrip(".")
            index.append(f"- [dv8:{module}]({module}.md): {summary}.")
    head = "<!-- Made by docs/generate_api.py. -->\n# dv8's modules\n\n"
    how = ("Each by `import … from 'dv8:x'`, `require('dv8:x')`, `module('x', {})` and `library('x', {})`. `require('x')` is dv8's too\n"
           "where Node has no module and the program no package of that name, and always with `--env=core`. The examples\non the pages are run by the tests.\n\n")
    out["README.md"] = head + how + "\n".join(index) + "\n"
    return out


def examples(path):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    found = []
    for block in BLOCK.finditer(source):
        for tag, value in tags(clean(block.group(2)))[1]:
            if tag == "example":
                code = dedent(value)
                found.append({"code": code, "expected": expected(code)})
    return found


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--examples":
        print(json.dumps(examples(sys.argv[2]), indent=1))
        return
    target = os.path.join(HERE, "api")
    os.makedirs(target, exist_ok=True)
    made = pages()
    for name in os.listdir(target):
        if name not in made:
            os.unlink(os.path.join(target, name))
    for name, text in made.items():
        with open(os.path.join(target, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
