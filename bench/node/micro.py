#!/usr/bin/env python3
"""Single calls beside Node: micro.py --program PROGRAM --node NODE [--rounds N] [--only TEXT] [FILE...].

Each FILE of micro/ (all of them by default) runs in turn with PROGRAM, which takes node's command line, and with
NODE, on one core; a figure is the best of the rounds in nanoseconds a call, which other work on the machine disturbs
least. Above a ratio of 1, PROGRAM is faster; what is below 0.95 is marked.
"""

import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
LOWEST = 0.95


def run(program, path, only):
    environment = {"PATH": "/usr/bin:/bin", **({"BENCH_ONLY": only} if only else {})}
    result = subprocess.run(["taskset", "-c", "1", program, path], capture_output=True, text=True, check=False, env=environment)
    if result.returncode != 0:
        sys.exit(f"{program} {path}: exit code {result.returncode}\n{result.stderr}")
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    folder = os.path.join(HERE, "micro")
    files = arguments.files or sorted(f for f in os.listdir(folder) if f.endswith(".js") and f != "measure.js")
    slow = 0
    for file in files:
        rounds = []
        for _ in range(arguments.rounds):
            rounds.append(tuple(run(p, os.path.join(folder, os.path.basename(file)), arguments.only) for p in (arguments.program, arguments.node)))
        for name in rounds[0][0]:
            ours, theirs = (min(r[i][name] for r in rounds) for i in (0, 1))
            ratio = theirs / ours
            mark = "  below " + str(LOWEST) if ratio < LOWEST else ""
            slow += ratio < LOWEST
            print(f"{name:40} {ours:12.1f} {theirs:12.1f} {ratio:7.2f}{mark}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
