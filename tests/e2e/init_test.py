#!/usr/bin/env python3
"""`dv8pack init`: each template does what its README says, in a fresh folder."""

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

TEMPLATES = ["bazel", "ci", "cli", "container", "library", "native-module", "server", "worker"]


def get(url):
    """The status and the body, parsed."""
    try:
        with urllib.request.urlopen(url, timeout=10 * e2e.patience()) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


class InitTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")

    def call(self, *args):
        return e2e.run([e2e.dv8pack(), *args], cwd=self.folder)

    def init(self, template, name="shop"):
        result = self.call("init", template, name)
        self.assertEqual((result.code, result.out, result.err), (0, f"{name}/README.md says what comes next\n", ""), result)
        return os.path.join(self.folder, name)

    def do_what_the_readme_says(self, folder, env=None, err=""):
        """Runs the README's indented lines as they stand."""
        with open(os.path.join(folder, "README.md"), encoding="utf-8") as file:
            script = "".join(re.findall(r"^    (.*\n)", file.read(), re.MULTILINE))
        self.assertIn("\n", script)
        path = os.path.dirname(e2e.dv8pack()) + ":" + e2e.CLEAN_ENV["PATH"]
        result = e2e.run(["sh", "-e"], cwd=folder, stdin=script, env={"PATH": path, **(env or {})}, timeout=600)
        self.assertEqual(result.code, 0, result)
        self.assertTrue(e2e.matches(err, result.err), result)
        return result.out

    def test_list(self):
        result = self.call("init")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual([line.split()[0] for line in result.out.splitlines()], TEMPLATES)
        self.assertIn("worker          Work in several threads\n", result.out)
        told = json.loads(self.call("init", "--json").out)
        self.assertEqual([one["name"] for one in told["templates"]], TEMPLATES)

    def test_every_version_is_pinned(self):
        for template in TEMPLATES:
            for base, _, names in os.walk(self.init(template, template)):
                for name in names:
                    with open(os.path.join(base, name), encoding="utf-8") as file:
                        text = file.read()
                    if name == "package.json":
                        for version in json.loads(text).get("devDependencies", {}).values():
                            self.assertRegex(version, r"^\d+\.\d+\.\d+$")
                    for action in re.findall(r"uses: (\S+)", text):
                        self.assertRegex(action, r"@[0-9a-f]{40}$")
                    for image in re.findall(r"image: (\S+)", text):
                        self.assertRegex(image, r":(\d+\.\d+\.\d+|\w+-\d{8}-slim)$")

    def test_wrong_use(self):
        result = self.call("init", "servr")
        self.assertEqual((result.code, result.err), (2, "error: there is no template 'servr'\n  hint: did you mean 'server'?\n"), result)
        result = self.call("init", "cli", "a", "b")
        self.assertEqual((result.code, result.err), (2, "dv8pack: error: init takes a template and a folder: 'b'?\n"), result)
        e2e.write_tree(self.folder, {"full/x": "", "file": "x"})
        result = self.call("init", "cli", "full")
        self.assertEqual((result.code, result.err), (1, "full: error: the folder is not empty\n"), result)
        result = self.call("init", "cli", "file")
        self.assertEqual((result.code, result.err), (1, "file: error: is a file\n"), result)
        self.assertEqual(sorted(os.listdir(self.folder)), ["file", "full"])

    def test_names(self):
        folder = self.init("cli", "My Shop")
        with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["name"], "my-shop")
        told = json.loads(self.call("init", "cli", "other", "--json").out)
        self.assertEqual(told["folder"], "other")
        self.assertIn("src/main.ts", told["files"])
        os.mkdir(os.path.join(self.folder, "empty"))
        self.init("cli", "empty")

    def test_cli(self):
        folder = self.init("cli")
        out = self.do_what_the_readme_says(folder)
        self.assertTrue(out.startswith("all tests passed\n1 3 14 -\n{"), out)
        self.assertTrue(out.endswith("complete -o default -W '--json --help --completion' shop\n"), out)
        app = os.path.join(folder, "dist", "shop")
        self.assert_runs([app, "--nope"], code=2, out="", err="shop: Unknown option '--nope'[WILDCARD]")
        self.assert_runs([app, "gone"], code=1, out="", err="shop: gone: ENOENT[WILDLINE]\n")

    def test_worker(self):
        self.assertEqual(self.do_what_the_readme_says(self.init("worker")), "all tests passed\n9592 primes below 100000\n")

    def test_library(self):
        out = self.do_what_the_readme_says(self.init("library"))
        self.assertTrue(e2e.matches("all tests passed\nset, full [WILDLINE] ns\nget, found[WILDLINE] ns\n", out), out)

    def test_ci(self):
        folder = self.init("ci")
        os.makedirs(os.path.join(folder, ".cache"))
        os.symlink(e2e.dist(), os.path.join(folder, ".cache", "dv8pack"))
        self.assertEqual(self.do_what_the_readme_says(folder), "all tests passed\n")
        self.assertEqual(sorted(os.listdir(os.path.join(folder, "dist"))), ["shop", "shop.cdx.json", "shop.tar"])
        for file in (".github/workflows/build.yml", ".gitlab-ci.yml", ".woodpecker.yml"):
            with open(os.path.join(folder, file), encoding="utf-8") as text:
                self.assertIn("sh ci.sh", text.read())

    def test_bazel(self):
        folder = self.init("bazel")
        tarball = os.path.join(e2e.scratch("tarball"), "dv8pack.tar")
        argv = ["tar", "-C", e2e.dist(), "--exclude=./sdk", "--transform=s,^[.],dv8pack,", "-cf", tarball, "."]
        self.assertEqual(e2e.run(argv, timeout=300).code, 0)
        with open(tarball, "rb") as file:
            digest = hashlib.sha256(file.read())
        env = {"DV8PACK_URL": "file://" + tarball, "DV8PACK_SHA256": digest.hexdigest(), "HOME": e2e.scratch("home")}
        self.addCleanup(e2e.run, ["bazel", "shutdown"], cwd=folder, env=env)
        out = self.do_what_the_readme_says(folder, env, err="[WILDCARD]")
        self.assertTrue(out.endswith("hello you\n"), out)
        with tarfile.open(os.path.join(folder, "bazel-bin/image.tar")) as image:
            self.assertIn("index.json", image.getnames())
        with open(os.path.join(folder, "MODULE.bazel"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn('integrity = "sha256-' + base64.b64encode(digest.digest()).decode() + '",\n', text)
        self.assertIn('urls = ["file://' + tarball + '"],\n', text)

    def serve(self, app, **env):
        """Starts a server and gives it and its address."""
        server = subprocess.Popen([app], env={"PORT": "0", **env}, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        port = re.fullmatch(r"listening on port (\d+)\n", server.stdout.readline())[1]
        return server, f"http://127.0.0.1:{port}"

    def test_server(self):
        folder = self.init("server")
        self.assertEqual(self.do_what_the_readme_says(folder), "all tests passed\n")
        server, address = self.serve(os.path.join(folder, "dist", "shop"))
        self.assertEqual(get(address), (200, {"hello": "world"}))
        self.assertEqual(get(address + "/health"), (200, {"status": "ok"}))
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.stdout.read(), "SIGTERM: stopping\nstopped\n")
        self.assertEqual(server.wait(timeout=30), 0)

    def test_container(self):
        folder = self.init("container")
        self.assertEqual(self.do_what_the_readme_says(folder), "")
        layout = e2e.scratch("layout")
        self.assertEqual(e2e.run(["tar", "-xf", os.path.join(folder, "dist/shop.tar"), "-C", layout]).code, 0)
        root = e2e.scratch("root")
        with open(os.path.join(layout, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)[0]
        self.assertEqual(manifest["RepoTags"], ["shop:0.1.0"])
        with open(os.path.join(layout, manifest["Config"]), encoding="utf-8") as file:
            config = json.load(file)["config"]
        self.assertEqual((config["User"], config["ExposedPorts"]), ("65532:65532", {"8080/tcp": {}}))
        self.assertIn("PORT=8080", config["Env"])
        self.assertEqual(e2e.run(["tar", "-xzf", os.path.join(layout, manifest["Layers"][0]), "-C", root, "--no-same-owner"]).code, 0)
        # Under a read-only root, as both files have it: what the probes ask is answered.
        with open(os.path.join(folder, "kubernetes.yaml"), encoding="utf-8") as file:
            probes = sorted(set(re.findall(r"path: (/\S+),", file.read())))
        self.assertEqual(probes, ["/health", "/ready"])
        script = 'mount --bind -o ro "$1" "$1" && mount -o remount,bind,ro "$1" && exec chroot "$1" /usr/bin/shop'
        argv = e2e.namespace(["--mount"], ["sh", "-c", script, "sh", root])
        server = subprocess.Popen(argv, env={**e2e.CLEAN_ENV, "PORT": "0"}, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        port = re.fullmatch(r"listening on port (\d+)\n", server.stdout.readline())[1]
        for path in probes:
            self.assertEqual(get(f"http://127.0.0.1:{port}{path}")[0], 200)
        server.terminate()
        self.assertEqual(server.wait(timeout=30), 0)


if __name__ == "__main__":
    e2e.main()
