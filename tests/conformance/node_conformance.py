#!/usr/bin/env python3
"""Runs Node's own tests with a program that takes node's command line, and counts what passes by module.

    node_conformance.py [--tree NODE_SOURCE] [--program PROGRAM] [--module fs] [--jobs N] [NAME...]

`bazel run //tests/conformance:node` knows the tree and the program. NAME is a test (test-fs-access, parallel/test-fs-access.js) or a pattern with `*`. What is not counted: the tests
that a rule of node_rules.py leaves out, and those that Node itself does not pass on this machine
(node_baseline.txt, written by --baseline). Each failure is named in node_expectations.txt with its reason; a
failure that is not there and a pass of one that is there make the run fail. --update writes that file anew.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import json
import multiprocessing
import os
import re
import shutil
import signal
import stat
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]
import confined
import e2e
import node_like
import node_rules

FOLDERS = ["parallel", "sequential", *node_rules.FOLDERS]
PRINTING = ("message", "pseudo-tty")  # Folders whose tests are what they print; the latter's on a terminal.
SECONDS = 30  # What a test may take; four times what it takes Node when that is more.
WPT_SECONDS = 240  # webcrypto takes Node a minute.
SLOW = 5  # Seconds from which node_baseline.txt notes the time.
QUICK_SECONDS = 1.5
QUICK_SHARE = 6  # One test of so many is in --quick.
UNSEEN = "not looked at: "
FLAKY = "flaky: "

FLAGS = re.compile(r"^//\s+Flags:(.*)$", re.M)
ENV = re.compile(r"^//\s+Env:(.*)$", re.M)
WPT_COUNTS = re.compile(rb"^(?:Files|Subtests): .*$", re.M)
SKIPPED = re.compile(rb"^1\.\.0 # [Ss]kipped", re.M)


class Test:
    def __init__(self, tree, name):
        self.name = name
        with open(os.path.join(tree, "test", name), encoding="utf-8", errors="replace") as file:
            source = file.read()
        found = FLAGS.search(source)
        self.flags = found.group(1).split() if found else []
        found = ENV.search(source)
        self.env = dict(pair.split("=", 1) for pair in found.group(1).split()) if found else {}
        self.folder = name.split("/")[0]
        self.printed = os.path.join(tree, "test", re.sub(r"\.m?js$", ".out", name)) if self.folder in PRINTING else None
        self.module = node_rules.module_of(name)
        self.rule = node_rules.left_out(name, source, self.flags)


# `notes` is what a test says about itself: WPT's counts.
Outcome = collections.namedtuple("Outcome", "passed reason seconds output notes")


def read_lines(path):
    """{name: text} of a file of `name: text` lines."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
    return dict(line.split(": ", 1) for line in lines)


def write_lines(path, head, entries):
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(f"# {line}\n" for line in head))
        file.writelines(f"{name}: {text}\n" for name, text in sorted(entries.items()))


def discover(tree):
    """All tests, also those that do not count."""
    names = []
    for folder in FOLDERS:
        files = os.listdir(os.path.join(tree, "test", folder))
        pattern = r".*\.m?js" if folder in PRINTING else r"test-.*\.m?js"
        names += [f"{folder}/{file}" for file in files if re.fullmatch(pattern, file)]
    names += [f"wpt/test-{name}.js" for name in node_rules.WPT]
    return [Test(tree, name) for name in sorted(names)]


def skipped_by_node(tree):
    """Tests that Node's own status files skip on Linux, and those they call flaky."""
    skipped, flaky = set(), set()
    for folder in FOLDERS:
        applies = False
        with open(os.path.join(tree, "test", folder, folder + ".status"), encoding="utf-8") as file:
            for line in file:
                line = line.split("#")[0].strip()
                if line.startswith("["):
                    applies = line in ("[true]", "[$system==linux]")
                elif applies and ":" in line:
                    name, states = line.split(":", 1)
                    if "SKIP" in states:
                        skipped.add(f"{folder}/{name.strip()}")
                    elif "FLAKY" in states:
                        flaky.add(f"{folder}/{name.strip()}")
    return skipped, flaky


def is_open_to_all(path):
    """Whether any user may go through the folders above `path`."""
    while path != "/":
        path = os.path.dirname(path)
        if not os.stat(path).st_mode & stat.S_IXOTH:
            return False
    return True


class Place:
    """Where the tests run: the tree and the program as the tests see them, and a folder for temporary files."""

    def __init__(self, tree, program):
        self.work = tempfile.mkdtemp(prefix="dv8node-", dir="/tmp")
        os.chmod(self.work, 0o755)
        # Names as on a machine with both protocols; no DNS server, so that no test depends on one.
        self.binds = [
            (self._file("hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"), "/etc/hosts"),
            (self._file("resolv.conf", "nameserver 127.0.0.1\n"), "/etc/resolv.conf"),
        ]
        self.tree = self._visible(tree, "node")
        self.program = self._visible(program, "bin")

    def _file(self, name, text):
        path = os.path.join(self.work, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _visible(self, path, name):
        path = os.path.realpath(path)
        if os.geteuid() != 0 or is_open_to_all(path):
            return path
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        point = os.path.join(self.work, name)
        os.mkdir(point)
        self.binds.append((folder, point))
        return point + path[len(folder):]

    def remove(self):
        shutil.rmtree(self.work, ignore_errors=True)


class Worker:
    """One process of the pool: runs one test after the other in its sandbox."""

    instance = None

    def __init__(self, place, ids):
        self.place, self.id = place, ids.get()
        self.sandbox = confined.Sandbox(f"dv8node-{os.getpid()}", place.binds)

    @staticmethod
    def start(place, ids):
        confined.die_with_parent()
        Worker.instance = Worker(place, ids)

    def _environment(self, test, folder):
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": folder + "/home",
            "LANG": "C.UTF-8",
            "NODE_TEST_DIR": folder + "/test",
            "TEST_THREAD_ID": str(self.id),
            "TEST_SERIAL_ID": str(self.id),
            "TEST_PARALLEL": "1" if test.name.startswith("parallel") else "0",
        }
        return {**env, **test.env}

    def run(self, test, seconds):
        folder = os.path.join(self.place.work, str(self.id))
        shutil.rmtree(folder, ignore_errors=True)
        for path in (folder, folder + "/home", folder + "/test"):
            os.mkdir(path)
            if os.geteuid() == 0:
                os.chown(path, confined.NOBODY, confined.NOBODY)
        argv = [self.place.program, *test.flags, os.path.join(self.place.tree, "test", test.name)]
        if test.name.startswith("wpt/"):
            argv.insert(-1, os.path.join(self.place.work, "wpt_in_processes.js"))
        if test.folder == "pseudo-tty":
            argv[:0] = ["/usr/bin/python3", os.path.join(self.place.tree, "tools", "pseudo-tty.py")]
        begin = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = self.sandbox.run(argv, self.place.tree, self._environment(test, folder), (out.fileno(), err.fileno()), seconds)
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read(1 << 20))
        seconds = time.monotonic() - begin
        shutil.rmtree(folder, ignore_errors=True)
        reason = differs(test.printed, code, *texts) if test.printed else what_went_wrong(code, *texts)
        notes = [line.decode() for line in WPT_COUNTS.findall(texts[0])] if test.module == "WPT" else []
        return Outcome(reason is None, reason, seconds, b"\n".join(texts).decode("utf-8", "replace") if reason else "", notes)


def run_in_worker(test, seconds):
    return Worker.instance.run(test, seconds)


def what_went_wrong(code, out, err):
    """One line about a failure, or None."""
    if code is None:
        return "does not end in time"
    if code == 0:
        found = SKIPPED.search(out)
        return "says that it is skipped" if found else None
    text = (err + b"\n" + out).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines()]
    errors = [line for line in lines if re.match(r"(Uncaught:? )?(\w*Error\b|\w+ \[ERR_|.*\[UNEXPECTED_FAILURE)|Mismatched|#? ?(Fatal|Check failed)", line)]
    errors = errors or [line for line in lines if "Error" in line or "rror:" in line] or [line for line in lines if line]
    what = f"signal {-code}" if code < 0 else f"exit code {code}"
    line = re.sub(r"/tmp/dv8node-\w+", "/tmp", errors[0])[:150] if errors else ""
    return f"{what}: {line}" if line else what


def differs(path, code, out, err):
    """How the output differs from what `path` expects, in which `*` stands for anything; or None."""
    if code is None:
        return "does not end in time"
    with open(path, encoding="utf-8") as file:
        wanted = [line.rstrip() for line in file if line.strip()]
    got = [line.rstrip() for line in (out + err).decode("utf-8", "replace").splitlines() if line.strip()]
    for number, (pattern, line) in enumerate(zip(wanted, got), 1):
        if not re.match(re.escape(pattern).replace(r"\*", ".*") + "$", line):
            return f"line {number} is not as expected: {line[:100]}"
    return None if len(wanted) == len(got) else f"prints {len(got)} lines, not {len(wanted)}"


class Run:
    def __init__(self, options):
        self.options = options
        self.tests = discover(options.tree)
        self.baseline = read_lines(options.baseline_file)
        self.expected = read_lines(options.expectations)
        self.by_status, self.flaky = skipped_by_node(options.tree)
        self.outcomes = {}
        self.passed_later = set()
        self.place = None

    def end(self, number, _frame):
        """Ends at once, without what the pool still has to do: its processes die with this one."""
        if self.place:
            self.place.remove()
        os._exit(128 + number)

    def reason_left_out(self, test):
        """Why a test does not count, or None."""
        if re.sub(r"\.m?js$", "", test.name) in self.by_status:
            return "skipped by Node's status file"
        if test.rule:
            return test.rule
        words = self.baseline.get(test.name, "")
        return "under Node on this machine: " + words if words and not words.startswith("takes ") else None

    def seconds(self, test):
        words = self.baseline.get(test.name, "")
        took = float(words.split()[1]) if words.startswith("takes ") else 0
        return max(self.options.timeout, 4 * took, WPT_SECONDS if test.module == "WPT" else 0)

    def chosen(self):
        options = self.options
        tests = [t for t in self.tests if not options.module or t.module in options.module]
        if options.names:
            def matches(test):
                stem = test.name.split("/")[1].rsplit(".", 1)[0]
                return any(fnmatch.fnmatch(text, pattern) for pattern in options.names for text in (test.name, stem, stem.removeprefix("test-")))
            tests = [t for t in tests if matches(t)]
        if options.quick:
            tests = self.quick(tests)
        return tests

    def quick(self, tests):
        """Every sixth of each module's tests that pass and are not slow."""
        fast = [t for t in tests if not self.reason_left_out(t) and t.name not in self.expected and t.name not in self.baseline and t.module != "WPT"]
        modules = collections.defaultdict(list)
        for test in fast:
            modules[test.module].append(test)
        return [test for group in modules.values() for test in group[::QUICK_SHARE]]

    def run(self, tests, jobs):
        """Runs tests and records what came; an order that is long first keeps the end short."""
        ids = multiprocessing.get_context("fork").Queue()
        for number in range(1, jobs + 1):
            ids.put(number)
        tests = sorted(tests, key=lambda t: -self.seconds(t))
        with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), Worker.start, (self.place, ids)) as pool:
            pending = {pool.submit(run_in_worker, test, self.seconds(test)): test for test in tests}
            for done in concurrent.futures.as_completed(pending):
                test = pending[done]
                self.outcomes[test.name] = done.result()
                self.tell(test)
        # A worker's cgroups go when its processes are gone.
        for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory"):
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                if re.fullmatch(r"dv8node-\d+", name) and not os.path.exists("/proc/" + name.split("-")[1]):
                    try:
                        os.rmdir(os.path.join(folder, name))
                    except OSError:
                        pass

    def tell(self, test):
        outcome = self.outcomes[test.name]
        expected = self.expected.get(test.name)
        if self.options.verbose or (not outcome.passed and expected is None):
            word = "ok" if outcome.passed else "FAILED"
            print(f"{word} {test.name} ({outcome.seconds:.1f} s){'' if outcome.passed else ': ' + outcome.reason}", flush=True)
        if not outcome.passed and self.options.logs:
            path = os.path.join(self.options.logs, test.name.replace("/", "__") + ".log")
            with open(path, "w", encoding="utf-8") as file:
                file.write(" ".join([self.place.program, *test.flags, test.name]) + "\n" + outcome.output)
        if not outcome.passed and self.options.show:
            print(outcome.output, flush=True)

    def is_surprise(self, test):
        """Whether an outcome differs from what is expected."""
        reason = self.expected.get(test.name, "")
        return not reason.startswith(FLAKY) and self.outcomes[test.name].passed == bool(reason)

    def work(self):
        options = self.options
        chosen = self.chosen()
        if options.baseline:
            running = [t for t in chosen if not t.rule and re.sub(r"\.m?js$", "", t.name) not in self.by_status]
        else:
            # What is asked for by name is run in any case.
            running = [t for t in chosen if options.names or not self.reason_left_out(t)]
        if options.list:
            for test in chosen:
                reason = self.reason_left_out(test)
                print(f"{test.name} [{test.module}]{' left out: ' + reason if reason else ''}")
            return 0
        if not running:
            print("no test is chosen", file=sys.stderr)
            return 2
        self.place = Place(options.tree, options.program)
        shutil.copy(os.path.join(HERE, "wpt_in_processes.js"), self.place.work)
        try:
            self.run(running, options.jobs)
            # Once more alone: a machine under load makes tests of time fail.
            again = [t for t in running if not self.outcomes[t.name].passed and (options.baseline or self.is_surprise(t))]
            if again and options.retry and len(again) <= max(60, len(running) // 8):
                print(f"once more, one at a time: {len(again)}", flush=True)
                self.run(again, 1)
                self.passed_later = {t.name for t in again if self.outcomes[t.name].passed}
        finally:
            self.place.remove()
        if options.baseline:
            return self.write_baseline(running)
        return self.report(chosen, running)

    def write_baseline(self, running):
        entries = {n: t for n, t in self.baseline.items() if n not in self.outcomes}
        for test in running:
            outcome = self.outcomes[test.name]
            if not outcome.passed:
                entries[test.name] = outcome.reason
            elif outcome.seconds >= SLOW:
                entries[test.name] = f"takes {outcome.seconds:.0f} s"
        write_lines(self.options.baseline_file, [
            "Written by node_conformance.py --baseline: tests that do not pass under Node 24 itself, and times.",
        ], entries)
        print(f"{sum(o.passed for o in self.outcomes.values())} of {len(running)} pass under Node")
        return 0

    def report(self, chosen, running):
        counts = collections.defaultdict(lambda: [0, 0, 0])
        for test in chosen:
            if test.name in self.outcomes:
                counts[test.module][0] += self.outcomes[test.name].passed
                counts[test.module][1] += 1
            else:
                counts[test.module][2] += 1
        print(f"\n{'module':22} passed  total  share  left out")
        for module, (passed, total, out) in sorted(counts.items()):
            share = f"{100 * passed / total:5.1f}%" if total else "     -"
            print(f"{module:22} {passed:6} {total:6} {share} {out:9}")
        total = len(running)
        passed = sum(self.outcomes[t.name].passed for t in running)
        print(f"{'all':22} {passed:6} {total:6} {100 * passed / total:5.1f}%")
        for test in running:
            for note in self.outcomes[test.name].notes:
                print(f"{test.name}: {note}")
        if self.passed_later:
            print("passed only when run alone: " + ", ".join(sorted(self.passed_later)))
        if self.options.json:
            with open(self.options.json, "w", encoding="utf-8") as file:
                json.dump({t.name: {"module": t.module, **self.outcomes[t.name]._asdict(), "output": None} for t in running}, file, indent=1)
        if self.options.update:
            return self.update(running)
        worse = sorted(t.name for t in running if self.is_surprise(t) and not self.outcomes[t.name].passed)
        better = sorted(t.name for t in running if self.is_surprise(t) and self.outcomes[t.name].passed)
        for name in better:
            print(f"passes, although node_expectations.txt says: {name}: {self.expected[name]}")
        print(f"{len(worse)} unexpected failures, {len(better)} unexpected passes")
        return 1 if worse or better else 0

    def update(self, running):
        entries = {n: r for n, r in self.expected.items() if n not in self.outcomes}
        for test in running:
            outcome, old = self.outcomes[test.name], self.expected.get(test.name)
            if old and (old.startswith(FLAKY) or not (outcome.passed or old.startswith(UNSEEN))):
                entries[test.name] = old
            elif not outcome.passed:
                entries[test.name] = UNSEEN + outcome.reason
        write_lines(self.options.expectations, [
            "Tests of Node's that fail, each with its reason; `flaky: ` is for those that sometimes do.",
            "node_conformance.py --update keeps the reasons of those that still fail.",
        ], entries)
        print(f"{self.options.expectations}: {len(entries)} failures")
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", help="Node's source; by default what Bazel gives")
    parser.add_argument("--program", help="what takes node's command line; by default node_program.js is packed")
    parser.add_argument("--module", action="append", help="only tests of this module; may be given more than once")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--timeout", type=float, default=SECONDS * e2e.patience(), metavar="SECONDS")
    parser.add_argument("--json", metavar="FILE", help="write every outcome there")
    parser.add_argument("--logs", metavar="FOLDER", help="write the output of each failure there")
    parser.add_argument("--show", action="store_true", help="print the output of each failure")
    parser.add_argument("--verbose", action="store_true", help="name every test that was run")
    parser.add_argument("--list", action="store_true", help="say what would be run and why not, run nothing")
    parser.add_argument("--quick", action="store_true", help="a part of every module")
    parser.add_argument("--no-retry", dest="retry", action="store_false")
    parser.add_argument("--update", action="store_true", help="write node_expectations.txt")
    parser.add_argument("--baseline", action="store_true", help="PROGRAM is Node: write node_baseline.txt")
    parser.add_argument("--expectations", default=os.path.join(HERE, "node_expectations.txt"))
    parser.add_argument("--baseline-file", default=os.path.join(HERE, "node_baseline.txt"))
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    options.tree = options.tree or node_like.tree()
    if not options.program and not options.list:
        options.program = node_like.pack(e2e.scratch("node"))
    if options.logs:
        os.makedirs(options.logs, exist_ok=True)
    run = Run(options)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, run.end)
    return run.work()


if __name__ == "__main__":
    sys.exit(main())
