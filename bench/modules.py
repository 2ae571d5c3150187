#!/usr/bin/env python3
"""What a program of many modules costs to start and to pack, beside its peers: modules.py [--rounds N] [--only TEXT].

`bazel run //bench:modules` runs it with everything it needs. Two programs: all of lodash-es, some 640 ES modules, and
1,000 generated CommonJS files. Every figure is a median with its 10th and 90th percentiles; a ratio is the median of
the ratios of single rounds, in which all competitors ran in turn.
"""

import argparse
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bench import HELLO, Peers, find, measure, run, table

COMMONJS_FILES = 1000
LODASH = ("import * as lodash from 'lodash-es';\n", "console.log(Object.keys(lodash).length);\n")

MAIN = ("const root = require('./file0.js');\n", "console.log(root.total());\n")

# Each file requires up to two others: a tree, as deep as a program's own.
COMMONJS = """'use strict';
const children = [{children}];
const names = {{ first: 'first of {i}', second: 'second of {i}' }};

class Thing{i} {{
  #count = {i};
  constructor(name) {{ this.name = name; this.created = false; }}
  get count() {{ return this.#count; }}
  add(other) {{ this.#count += other.count; return this; }}
  toString() {{ return `${{this.name}}: ${{this.#count}}`; }}
}}

function parse{i}(text, options = {{}}) {{
  const result = [];
  for (const line of text.split(options.separator ?? '\\n')) {{
    const [key, ...values] = line.split('=');
    if (key.trim() === '') continue;
    result.push({{ key: key.trim(), value: values.join('=').trim() }});
  }}
  return options.sort ? result.sort((a, b) => (a.key < b.key ? -1 : 1)) : result;
}}

function format{i}(entries) {{
  if (!Array.isArray(entries)) throw new TypeError('entries of {i} are no array');
  return entries.map(({{ key, value }}) => `${{key}}=${{value}}`).join('\\n');
}}

const total = () => children.reduce((sum, child) => sum + child.total(), 1);

module.exports = {{ Thing: Thing{i}, parse: parse{i}, format: format{i}, names, total }};
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def write_entries(path, first, last):
    """The program, and the same for --snapshot=app, where `last` runs when the executable starts."""
    stem, extension = os.path.splitext(path)
    return write(path, first + last), write(f"{stem}_app{extension}", f"{first}dv8.main(() => {{\n{last}}});\n")


def write_lodash(peers):
    shutil.copytree(os.path.join(find("npm's packages", "BENCH_MODULES"), "lodash-es"),
                    os.path.join(peers.project, "node_modules", "lodash-es"))
    return write_entries(os.path.join(peers.project, "lodash.mjs"), *LODASH)


def write_commonjs(peers):
    folder = os.path.join(peers.project, "files")
    os.mkdir(folder)
    for i in range(COMMONJS_FILES):
        children = [f"require('./file{child}.js')" for child in (2 * i + 1, 2 * i + 2) if child < COMMONJS_FILES]
        write(os.path.join(folder, f"file{i}.js"), COMMONJS.format(i=i, children=", ".join(children)))
    return write_entries(os.path.join(folder, "main.js"), *MAIN)


def start(peers, entry, app_entry):
    """exec to exit."""
    name = os.path.basename(entry)
    esbuild = os.path.join(os.path.dirname(peers.dv8pack), "..", "libexec", "esbuild")
    bundle = peers.out(name + ".bundle.js")  # A SEA is one file.
    run([esbuild, entry, "--bundle", "--platform=node", "--outfile=" + bundle, "--log-level=warning"])
    programs = {}
    peers.bun_build(entry, name + "-bun", "--bytecode")
    programs["bun build --compile --bytecode"] = peers.out(name + "-bun")
    peers.pack(entry, name + "-code")
    programs["dv8pack"] = peers.out(name + "-code")
    peers.pack(app_entry, name + "-app", "--snapshot=app")
    programs["dv8pack --snapshot=app"] = peers.out(name + "-app")
    programs["Node SEA, code cache"] = peers.sea(bundle, name + "-sea", useCodeCache=True)
    commands = {title: ([path], {}, 0) for title, path in programs.items()}
    commands["node"] = ([peers.node, entry], {"NODE_DISABLE_COMPILE_CACHE": "1"}, 0)
    outputs = {title: run(argv, cwd=peers.project) for title, (argv, _, _) in commands.items()}
    if len(set(outputs.values())) != 1:
        sys.exit(f"bench: {name} prints {outputs}")
    return commands, programs


def packing(peers, entry, app_entry):
    return {
        "bun build --compile --bytecode": (peers.bun_build(entry, "x", "--bytecode"), {}, 0),
        "dv8pack": (peers.pack(entry, "x"), {}, 0),
        "dv8pack --snapshot=app": (peers.pack(app_entry, "x", "--snapshot=app"), {}, 0),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="part of a table's title")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        peers = Peers(work)
        print(f"{options.rounds} rounds on {os.cpu_count()} cores, Linux {os.uname().release}; median (p10–p90)")
        programs = {"lodash-es whole": write_lodash(peers), f"{COMMONJS_FILES} CommonJS files": write_commonjs(peers)}
        for title, entries in programs.items():
            if options.only not in f"{title}, exec to exit":
                continue
            commands, sizes = start(peers, *entries)
            results = measure(peers, commands, options.rounds, 3)
            table(f"{title}, exec to exit", "bun", results, sizes)
        hello = write_entries(os.path.join(peers.project, "hello.js"), "", HELLO)
        for title, entries in {"hello": hello, "tsc": (peers.tsc_whole, peers.tsc_app), **programs}.items():
            if options.only not in f"packing {title}":
                continue
            results = measure(peers, packing(peers, *entries), max(3, options.rounds // 4), 1)
            table(f"packing {title}", "bun", results, {})
    return 0


if __name__ == "__main__":
    sys.exit(main())
