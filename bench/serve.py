#!/usr/bin/env python3
"""dv8.serve beside Bun.serve, Deno.serve and C: serve.py [--json] [--rounds N] [--seconds N] [--connections N] [--pipeline N].

`bazel run //bench:serve` runs it with everything it needs but wrk (Debian's package). Each server answers every
request with the same 14 bytes on core 0, wrk asks on core 1, all servers in turn a round; a figure is the median of
the rounds with the least and the most, a ratio to C the median of the ratios of single rounds. What counts is
"requests a CPU second": the time that the server itself used. Then the time from exec to the first answer, and the
memory that is resident then.
"""

import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
from bench import find, run, unpack_dv8pack
from httpd import COLUMNS, choose, first_answer, once, read_options, summary

STARTS_A_ROUND = 5
START_COLUMNS = ("exec to first 200, ms", "resident then, MiB")


def competitors(work):
    app = os.path.join(work, "serve")
    run([unpack_dv8pack(work), os.path.join(HERE, "serve_dv8.js"), "-o", app])
    modules = find("npm's packages", "BENCH_MODULES")
    deno = os.path.join(modules, "@deno", "linux-x64-glibc", "deno")
    return {
        "C: libuv + llhttp": [find("the server in C", "BENCH_HTTPD_UV")],
        "dv8.serve": [app],
        "Bun.serve": [os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun"), os.path.join(HERE, "httpd_bun.js")],
        "Deno.serve": [deno, "run", "--allow-net", "--no-config", "--no-lock", os.path.join(HERE, "serve_deno.js")],
    }


def main():
    options = read_options(__doc__)
    tool = find("the program that starts servers", "BENCH_FIRST_RESPONSE")
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        servers = choose(competitors(work), options, work)
        rounds = {name: [] for name in servers}
        starts = {name: [] for name in servers if not name.startswith("C:")}
        for _ in range(options.rounds):
            for name, argv in servers.items():
                rounds[name].append(once(argv, options))
                if name in starts:
                    starts[name] += [first_answer(argv, tool) for _ in range(STARTS_A_ROUND)]
    base = rounds[next(iter(rounds))]
    report = {name: summary(COLUMNS, figures, base) for name, figures in rounds.items()}
    for name, figures in starts.items():
        report[name].update(summary(START_COLUMNS, figures, figures))
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
