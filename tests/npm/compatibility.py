"""The parts of docs/compatibility.md that a run of npm.py writes: npm's programs, Node's tests.

Each lies between two comments; what is around them is written by hand.
"""

import collections
import os

import e2e

KINDS = {"version": "`--version`", "help": "`--help`", "use": "use"}


def count(results, kind):
    """(as under Node, of how many)"""
    differences = [result[kind] for result in results.values() if kind in result]
    return differences.count(None), len(differences)


def alike(results):
    return [name for name, result in results.items() if all(difference is None for difference in result.values())]


def summary(results):
    """One line of figures."""
    figures = ["{} {} of {}".format(text.strip("`"), *count(results, kind)) for kind, text in KINDS.items()]
    return f"as under Node: {', '.join(figures)}; in all of it {len(alike(results))} of {len(results)}"


def programs(results, expected):
    counts = ", ".join("{} {} of {}".format(text, *count(results, kind)) for kind, text in KINDS.items())
    good = alike(results)
    lines = [f"Of {len(results)} programs {len(good)} do all that was compared as under Node ({counts}):", ""]
    lines += [", ".join(f"`{name}`" for name in good) + ".", ""]
    if len(good) < len(results):
        lines += ["| program | differs in | because |", "|---|---|---|"]
    for name in (name for name in results if name not in good):
        reasons = collections.defaultdict(list)
        for kind, difference in results[name].items():
            if difference is not None:
                reasons[expected[name][kind]].append(KINDS[kind])
        lines += [f"| `{name}` | {', '.join(kinds)} | {reason} |" for reason, kinds in reasons.items()]
    return lines


def expectations(root):
    """The reasons of tests/conformance/node_expectations.txt, the most frequent first."""
    reasons = collections.Counter()
    with open(os.path.join(root, "tests", "conformance", "node_expectations.txt"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#") and ": " in line:
                reason = line.strip().split(": ", 1)[1].removeprefix("flaky: ").removeprefix("skipped: ")
                reasons["not looked at yet" if reason.startswith("not looked at") else reason] += 1
    lines = ["| tests | reason |", "|---|---|"]
    return lines + [f"| {number} | {reason} |" for reason, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))]


def write(results, expected):
    """Replaces the parts in docs/compatibility.md of the checkout."""
    root = os.environ.get("BUILD_WORKSPACE_DIRECTORY", e2e.ROOT)
    path = os.path.join(root, "docs", "compatibility.md")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, lines in (("programs", programs(results, expected)), ("tests", expectations(root))):
        begin, end = f"<!-- {name}, by bazel run //tests/npm -- --write-docs -->\n", f"<!-- end of {name} -->\n"
        before, _, rest = text.partition(begin)
        if not rest or end not in rest:
            raise SystemExit(f"{path}: has no part of {name}, between {begin.strip()} and {end.strip()}")
        text = before + begin + "\n".join(lines) + "\n" + rest[rest.index(end):]
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
