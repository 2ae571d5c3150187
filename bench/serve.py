#!/usr/bin/env python3
"""dv8.serve beside Bun.serve, Deno.serve and C: serve.py [--json] [--rounds N] [--seconds N] [--connections N] [--pipeline N].

`bazel run //bench:serve` runs it with everything it needs but wrk (Debian's package). Each server answers every
request with the same 14 bytes on core 0, wrk asks on core 1, all servers in turn a round; a figure is the median of
the rounds with the least and the most, a ratio to C the median of the ratios of single rounds. What counts is
"requests a CPU second": the time that the server itself used. Then the time from exec to the first answer, and the
memory that is resident then.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
from bench import find, run
from httpd import COLUMNS, PIPELINE, SERVER_CORE, WRK_CORE, once, pinned

STARTS_A_ROUND = 5
START_COLUMNS = ("exec to first 200, ms", "resident then, MiB")


def start(argv, tool):
    """(ms to the first answer, MiB resident then)"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    # Behind what the server prints.
    ms, kilobytes = run(pinned(WRK_CORE, [tool, port, SERVER_CORE, *argv, port])).split()[-2:]
    return float(ms), float(kilobytes) / 1024


def competitors(work):
    dist = find("the distribution", "BENCH_DIST")
    if not os.path.isdir(dist):
        run(["tar", "-xzf", dist, "-C", work])
        dist = os.path.join(work, "dv8pack")
    app = os.path.join(work, "serve")
    run([os.path.join(dist, "bin", "dv8pack"), os.path.join(HERE, "serve_dv8.js"), "-o", app])
    modules = find("npm's packages", "BENCH_MODULES")
    deno = os.path.join(modules, "@deno", "linux-x64-glibc", "deno")
    return {
        "C: libuv + llhttp": [find("the server in C", "BENCH_HTTPD_UV")],
        "dv8.serve": [app],
        "Bun.serve": [os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun"), os.path.join(HERE, "httpd_bun.js")],
        "Deno.serve": [deno, "run", "--allow-net", "--no-config", "--no-lock", os.path.join(HERE, "serve_deno.js")],
    }


def summary(rounds, base):
    """[{median, least, most, ratio}] of each column."""
    report = []
    for column in range(len(rounds[0])):
        values = [figures[column] for figures in rounds]
        ratios = [figures[column] / other[column] for figures, other in zip(rounds, base)]
        report.append({"median": statistics.median(values), "least": min(values), "most": max(values), "ratio": statistics.median(ratios)})
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--pipeline", type=int, default=1, help="requests that a connection sends at once")
    parser.add_argument("--only", action="append", help="begins a competitor's name; may be repeated")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is missing: apt-get install --no-install-recommends wrk")
    tool = find("the program that starts servers", "BENCH_FIRST_RESPONSE")
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        servers = competitors(work)
        options.script = os.path.join(work, "pipeline.lua")
        with open(options.script, "w", encoding="ascii") as file:
            file.write(PIPELINE % options.pipeline)
        if options.only:
            servers = {n: a for n, a in servers.items() if n.startswith(tuple(options.only))}
        rounds = {name: [] for name in servers}
        starts = {name: [] for name in servers if not name.startswith("C:")}
        for _ in range(options.rounds):
            for name, argv in servers.items():
                rounds[name].append(once(argv, options))
                if name in starts:
                    starts[name] += [start(argv, tool) for _ in range(STARTS_A_ROUND)]
    base = rounds[next(iter(rounds))]
    report = {name: dict(zip(COLUMNS, summary(figures, base))) for name, figures in rounds.items()}
    for name, figures in starts.items():
        report[name].update(zip(START_COLUMNS, summary(figures, figures)))
    if options.json:
        print(json.dumps(report, indent=1))
        return
    print(f"{options.connections} connections, {options.pipeline} at once, {options.rounds} rounds of {options.seconds} s; x: times C's")
    for name, figures in report.items():
        cells = []
        for title, digits in zip((*COLUMNS, *START_COLUMNS), (0, 2, 0, 2, 1)):
            f = figures.get(title)
            ratio = f" x{f['ratio']:.2f}" if f and title in COLUMNS else ""
            cells.append(f"{f['median']:.{digits}f} ({f['least']:.{digits}f}–{f['most']:.{digits}f}){ratio}" if f else "")
        print(f"{name:20}" + "".join(f"{cell:>32}" for cell in cells))
    print(" " * 20 + "".join(f"{title:>32}" for title in (*COLUMNS, *START_COLUMNS)))


if __name__ == "__main__":
    main()
