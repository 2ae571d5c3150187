#!/usr/bin/env python3
"""dv8pack's own packages for npm, installed by npm itself under each Node that they are for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npm_package")
# npm itself: the script behind the link in PATH, for another Node than the machine's.
NPM = os.path.realpath(shutil.which("npm"))
NPX = os.path.join(os.path.dirname(NPM), "npx-cli.js")
OFFLINE = ["--offline", "--no-audit", "--no-fund", "--no-update-notifier"]


def tarballs():
    return [os.path.abspath(os.environ[name]) for name in ("NPM_DV8PACK", "NPM_LINUX_X64")]


def node(version):
    return os.path.abspath(os.path.join(os.environ["NPM_NODES"], f"node{version}", "bin", "node"))


class NpmPackageTest(e2e.TestCase):
    def project(self, version=24, packages=None):
        """A fresh folder with the programs of npm_package, in which `packages` are installed."""
        folder = os.path.join(e2e.scratch("project"), "shop")
        shutil.copytree(PROGRAMS, folder)
        e2e.write_tree(folder, {"package.json": '{"private": true}'})
        self.environment = {"HOME": e2e.scratch("home"), "PATH": f"{os.path.dirname(node(version))}:{e2e.CLEAN_ENV['PATH']}"}
        installed = self.call(folder, [node(version), NPM, "install", *OFFLINE, *(packages or tarballs())], timeout=240)
        self.assertEqual(installed.code, 0, installed)
        return folder

    def call(self, folder, argv, **kwargs):
        return e2e.run(argv, cwd=folder, env=self.environment, **{"timeout": 120, **kwargs})

    def test_each_node(self):
        for version in (20, 22, 24):
            with self.subTest(node=version):
                folder = self.project(version)
                npx = [node(version), NPX, "--offline", "dv8pack"]
                packed = self.call(folder, [*npx, "app.ts", "-o", "app"])
                self.assertEqual((packed.code, packed.out, packed.err), (0, "", ""), packed)
                self.assert_runs([os.path.join(folder, "app"), "x"], out="hello x\n")
                self.assertEqual(self.call(folder, [*npx, "run", "app.ts", "fail"]).code, 7)
                result = self.call(folder, [node(version), "api.mjs"], timeout=240)
                self.assertEqual((result.code, result.err), (0, ""), result)
                told = self.call(folder, [*npx, "--version"]).out.split()[1]
                broken = os.path.join(folder, "broken.js")
                self.assertEqual(result.out.splitlines(), [
                    "hi a b c",
                    "out/app out/more",
                    "team/app:1.0",
                    json.dumps({
                        "name": "PackError",
                        "message": f'{broken}:2:8: Could not resolve "./gone.js"',
                        "text": 'Could not resolve "./gone.js"',
                        "file": broken, "line": 2, "column": 8, "hint": "", "exitCode": 1}, separators=(",", ":")),
                    "2 --snapshot is code, app or none, not 'whole'",
                    "dv8pack has no option 'minfy'",
                    "'entry' is the path of a file or a folder",
                    "'entry' is the path of a file or a folder",
                    "AbortError",
                    "ENOENT",
                    f"from-there {told}",
                ])
                self.assertTrue(os.path.exists(os.path.join(folder, "out", "from-there")))
                self.assertFalse(os.path.exists(os.path.join(folder, "never")))
                result = self.call(folder, [node(version), "api.cjs"])
                self.assertEqual((result.code, result.out, result.err), (0, f"app-cjs {told}\n", ""), result)

    def test_types(self):
        folder = self.project()
        tsc = os.path.join(e2e.npm_modules(), "typescript", "bin", "tsc")
        result = self.call(folder, [node(24), tsc, "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom",
                                    "types.mts"])
        self.assertEqual((result.code, result.out), (0, ""), result)

    def test_signals(self):
        folder = self.project()
        command = os.path.join(folder, "node_modules", ".bin", "dv8pack")
        child = subprocess.Popen([command, "run", "app.ts", "wait"], cwd=folder, env=self.environment, stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.kill)
        self.assertEqual(child.stdout.readline(), "hello wait\n")
        child.send_signal(signal.SIGTERM)
        self.assertEqual((child.stdout.read(), child.wait(20)), ("asked to end\n", 3))

    def test_templates_keep_their_ignored_files(self):
        folder = self.project()
        command = os.path.join(folder, "node_modules", ".bin", "dv8pack")
        self.assertEqual(self.call(folder, [command, "init", "cli", "new"]).code, 0)
        self.assertIn(".gitignore", os.listdir(os.path.join(folder, "new")))

    def test_without_the_platform(self):
        folder = self.project(packages=tarballs()[:1])
        command = os.path.join(folder, "node_modules", ".bin", "dv8pack")
        version = self.version()
        missing = (
            "the package @dv8pack/linux-x64, which has the command, is not installed: npm installs it with dv8pack unless it is told to "
            "omit optional packages, or node_modules comes from another platform.\n"
            f"Install without --omit=optional, or add it: npm install @dv8pack/linux-x64@{version}")
        result = self.call(folder, [command, "app.ts"])
        self.assertEqual((result.code, result.out, result.err), (1, "", f"dv8pack: error: {missing}\n"), result)
        # Another platform's Node, as far as the package can see.
        e2e.write_tree(folder, {"platform.cjs": "Object.defineProperty(process, 'platform', { value: 'darwin' });"})
        result = self.call(folder, [node(24), "-r", "./platform.cjs", command, "app.ts"])
        self.assertEqual((result.code, result.out, result.err), (
            1, "", "dv8pack: error: dv8pack runs on Linux on x86-64, and this is darwin-x64: use it in a container or a virtual machine of "
            "that platform (docker run --platform linux/amd64 node:24)\n"), result)
        other = os.path.join(folder, "node_modules", "@dv8pack", "linux-x64")
        e2e.write_tree(other, {"package.json": '{"version": "0.0.1"}'})
        result = self.call(folder, [command, "app.ts"])
        self.assertEqual((result.code, result.out, result.err), (
            1, "", f"dv8pack: error: dv8pack {version} needs @dv8pack/linux-x64 {version}, and {other} is 0.0.1: "
            f"npm install @dv8pack/linux-x64@{version}\n"), result)

    def version(self):
        return e2e.run([e2e.dv8pack(), "--version"]).out.split()[1]

    def test_tarballs(self):
        for file in tarballs():
            with tarfile.open(file) as tar:
                members = tar.getmembers()
                package = json.load(tar.extractfile("package/package.json"))
            self.assertEqual(package["version"], self.version())
            self.assertNotIn("scripts", package)
            self.assertEqual({(one.mtime, one.uid, one.uname) for one in members}, {(0, 0, "")})
            self.assertEqual([one.name for one in members], sorted(one.name for one in members))
            # npm leaves links out, and renames these.
            self.assertTrue(all(one.isfile() or one.isdir() for one in members))
            self.assertFalse([one.name for one in members if one.name.endswith(("/.gitignore", "/.npmignore"))])


if __name__ == "__main__":
    e2e.main()
