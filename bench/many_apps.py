#!/usr/bin/env python3
"""Many programs built by Bazel: many_apps.py [--apps N] [--folder FOLDER] [--json].

`bazel run //bench:many_apps` runs it with everything it needs. A workspace of N programs that share a module is built,
built again after changes, and built in a second, clean output base that has nothing but the first one's remote cache
(nginx with WebDAV on loopback). What was packed is counted from Bazel's own log of the actions. Each program has 23 MB,
in the output base and once more in the cache: --folder names a place for both.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CACHE = "http://127.0.0.1:8480"
SHARED = "export const greeting = (name: string) => `Hello, ${name}!`;\n"
MAIN = "import {{ greeting }} from '../shared/greeting.ts';\n\nconsole.log(greeting('program {number}'));\n"
WORKSPACE = """workspace(name = "many_apps")

local_repository(
    name = "dv8pack",
    path = "{dist}",
)

load("@dv8pack//bazel/rules:native_rules.bzl", "native_rules")

native_rules()

register_toolchains("@dv8pack//bazel/rules:linux_x86_64")
"""
SHARED_BUILD = """filegroup(
    name = "shared",
    srcs = ["greeting.ts"],
    visibility = ["//visibility:public"],
)
"""
APP_BUILD = """load("@dv8pack//bazel/rules:defs.bzl", "dv8_binary")

dv8_binary(
    name = "app",
    srcs = ["//shared"],
    entry = "main.ts",
)
"""


class Bazel:
    """A workspace with an output base of its own, as a machine has it."""

    def __init__(self, workspace, state, name, options=()):
        self.workspace = workspace
        self.output_base = os.path.join(state, name)
        self.log = os.path.join(state, name + ".log")
        self.startup = ["bazel", "--output_user_root=" + os.path.join(state, "user"), "--output_base=" + self.output_base, "--host_jvm_args=-Xmx1g"]
        self.options = ["--nosandbox_debug", "--color=no", "--curses=no", *options]
        self.env = {"HOME": state, "PATH": os.environ["PATH"]}

    def try_to(self, command, *args):
        """The exit code and what Bazel said."""
        argv = [*self.startup, command, *self.options, "--execution_log_json_file=" + self.log, *args]
        done = subprocess.run(argv, cwd=self.workspace, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    def do(self, command, *args):
        """The seconds that it took, and the actions that were not up to date: (output, whether it came out of the cache)."""
        started = time.monotonic()
        code, said = self.try_to(command, *args)
        seconds = time.monotonic() - started
        if code != 0:
            raise RuntimeError(f"bazel {command} ended with {code}:\n{said}")
        return seconds, list(self.read_log())

    def read_log(self):
        with open(self.log, encoding="utf-8") as file:
            text = file.read()
        decoder, at = json.JSONDecoder(), 0
        while at < len(text):
            spawn, at = decoder.raw_decode(text, at)
            while at < len(text) and text[at].isspace():
                at += 1
            if spawn.get("mnemonic") == "Dv8Pack":
                yield spawn["listedOutputs"][0].split("/bin/", 1)[1], spawn["remoteCacheHit"]

    def output(self, path):
        return os.path.join(os.path.realpath(os.path.join(self.workspace, "bazel-bin")), path)

    def end(self):
        subprocess.run([*self.startup, "shutdown"], cwd=self.workspace, env=self.env, capture_output=True, check=False)


@contextlib.contextmanager
def remote_cache(folder):
    """nginx with the example's configuration."""
    for name in ("files", "tmp"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    argv = [os.path.realpath(os.environ["CACHE_NGINX"]), "-p", folder, "-e", "error.log", "-c", os.path.realpath(os.environ["CACHE_NGINX_CONF"])]
    if os.geteuid() == 0:
        argv += ["-g", "user root;"]
    server = subprocess.Popen(argv)
    try:
        for _ in range(300):
            with contextlib.suppress(urllib.error.HTTPError), contextlib.suppress(ConnectionError):
                try:
                    urllib.request.urlopen(CACHE).close()
                except urllib.error.HTTPError:
                    break
                except urllib.error.URLError:
                    time.sleep(0.1)
        if server.poll() is not None:
            raise RuntimeError("nginx does not run")
        yield CACHE
    finally:
        server.terminate()
        server.wait()


def write_workspace(folder, apps, dist):
    files = {"WORKSPACE": WORKSPACE.format(dist=dist), "shared/BUILD": SHARED_BUILD, "shared/greeting.ts": SHARED}
    for number in range(apps):
        files[f"app{number}/BUILD"] = APP_BUILD
        files[f"app{number}/main.ts"] = MAIN.format(number=number)
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            file.write(text)


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def digests(bazel, apps):
    found = {}
    for number in range(apps):
        with open(bazel.output(f"app{number}/app"), "rb") as file:
            found[number] = hashlib.sha256(file.read()).hexdigest()
    return found


def size_of(folder):
    return sum(os.path.getsize(os.path.join(base, name)) for base, _, names in os.walk(folder) for name in names)


def measure(state, apps, dist):
    """What was done, a step: its seconds, the programs packed, and those out of the remote cache."""
    steps = {}
    first_folder, second_folder, cache = (os.path.join(state, name) for name in ("here", "elsewhere/there", "cache"))
    write_workspace(first_folder, apps, dist)
    write_workspace(second_folder, apps, dist)

    def step(name, bazel):
        seconds, spawns = bazel.do("build", "//...")
        hits = sum(hit for _, hit in spawns)
        steps[name] = {"seconds": round(seconds, 2), "packed": len(spawns) - hits, "cached": hits}

    with remote_cache(cache) as url:
        first = Bazel(first_folder, state, "first", ["--remote_cache=" + url])
        try:
            step("all", first)
            step("nothing changed", first)
            append(os.path.join(first_folder, "app0/main.ts"), "console.log('changed');\n")
            step("one program changed", first)
            append(os.path.join(first_folder, "shared/BUILD"), "# Changed.\n")
            step("a comment of a BUILD file changed", first)
            made = digests(first, apps)
        finally:
            first.end()
        shutil.rmtree(first.output_base, ignore_errors=True)
        append(os.path.join(second_folder, "app0/main.ts"), "console.log('changed');\n")
        second = Bazel(second_folder, state, "second", ["--remote_cache=" + url])
        try:
            step("a clean output base", second)
            same = digests(second, apps) == made
        finally:
            second.end()
    return {"apps": apps, "steps": steps, "same bytes": same, "cache bytes": size_of(cache)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--apps", type=int, default=100)
    parser.add_argument("--folder")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    state = os.path.realpath(tempfile.mkdtemp(prefix="many-apps-", dir=args.folder))
    try:
        result = measure(state, args.apps, os.path.realpath(os.environ["DV8PACK_DIST"]))
    finally:
        shutil.rmtree(state, ignore_errors=True)
    if args.json:
        print(json.dumps(result))
        return
    for name, step in result["steps"].items():
        print(f"{name:36}{step['seconds']:9.2f} s{step['packed']:7} packed{step['cached']:7} out of the cache")
    print(f"same bytes: {result['same bytes']}; the cache has {result['cache bytes'] / 2**30:.2f} GiB")


if __name__ == "__main__":
    sys.exit(main())
