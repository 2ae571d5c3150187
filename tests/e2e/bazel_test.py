#!/usr/bin/env python3
"""@dv8pack//bazel/rules: examples/bazel is built by a real Bazel, in a network namespace that has nothing but loopback."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
for folder in ("support", "../bench"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))
import e2e
import many_apps

MADE = ["greeting/greeting_test", "hello/hello", "shop/shop", "shop/shop.cdx.json", "shop/image.tar"]


class BazelTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.state = e2e.scratch("bazel")

    def workspace(self, name, *options):
        """A copy of the example, with what `npm ci` would install, for a Bazel with an output base of its own."""
        folder = os.path.join(e2e.scratch(name), name, "example")
        shutil.copytree(e2e.repo("examples/bazel"), folder, ignore=shutil.ignore_patterns("node_modules", "bazel-*"))
        e2e.copy_npm(folder, ["mustache", "picocolors"])
        bazel = many_apps.Bazel(folder, self.state, f"{name}-{len(os.listdir(self.state))}", ["--override_repository=dv8pack=" + e2e.dist(), *options])
        self.addCleanup(bazel.end)
        return bazel

    def digests(self, bazel):
        found = {}
        for path in MADE:
            with open(bazel.output(path), "rb") as file:
                found[path] = hashlib.sha256(file.read()).hexdigest()
        return found

    def packed(self, bazel, *targets):
        return sorted(path for path, _ in bazel.do("build", *targets)[1])

    def append(self, bazel, path, text):
        with open(os.path.join(bazel.workspace, path), "a", encoding="utf-8") as file:
            file.write(text)

    def check_programs(self, bazel):
        self.assert_runs([bazel.output("hello/hello"), "you"], out="Hello, you!\n")
        server = subprocess.Popen([bazel.output("shop/shop")], env={"PORT": "0"}, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        port = server.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=30) as response:
            self.assertEqual(response.read().decode(), "<h1>Hello, customer!</h1>\n<ul>\n<li>apples: 3</li>\n<li>pears: 5</li>\n</ul>\n")
        server.terminate()
        self.assertEqual(server.wait(timeout=30), 0)
        with open(bazel.output("shop/shop.cdx.json"), encoding="utf-8") as file:
            self.assertIn("pkg:npm/mustache@4.2.0", file.read())
        shown = e2e.run(["skopeo", "inspect", "--config", "oci-archive:" + bazel.output("shop/image.tar")])
        config = json.loads(shown.out)["config"]
        self.assertEqual((config["ExposedPorts"], config["Labels"]["org.opencontainers.image.vendor"]), ({"8080/tcp": {}}, "Example"))
        self.assertIn("PORT=8080", config["Env"])

    def test_example(self):
        one = self.workspace("here")
        self.assertEqual(self.packed(one, "//..."), sorted(set(MADE) - {"shop/shop.cdx.json"}))
        one.do("test", "//...")
        self.check_programs(one)

        # Elsewhere, and without a sandbox: what is not declared is not found there either.
        other = self.workspace("elsewhere", "--spawn_strategy=local")
        other.do("build", "//...")
        self.assertEqual(self.digests(one), self.digests(other))

        # Only what changed is packed. An image takes its time to compress.
        targets = ("//...", "-//shop:image")
        self.assertEqual(self.packed(one, "//..."), [])
        self.append(one, "README.md", "More.\n")
        self.assertEqual(self.packed(one, "//..."), [])
        self.append(one, "shop/server.ts", "process.on('SIGINT', () => server.close());\n")
        self.assertEqual(self.packed(one, "--", *targets), ["shop/shop"])
        self.append(one, "greeting/greeting.ts", "export const more = 1;\n")
        self.assertEqual(self.packed(one, "--", *targets), ["greeting/greeting_test", "hello/hello", "shop/shop"])

    def test_what_is_not_declared_is_not_there(self):
        for strategy in ("local", "linux-sandbox"):
            bazel = self.workspace("undeclared", "--spawn_strategy=" + strategy)
            build = os.path.join(bazel.workspace, "hello/BUILD")
            with open(build, encoding="utf-8") as file:
                text = file.read()
            with open(build, "w", encoding="utf-8") as file:
                file.write(text.replace('        "//greeting",\n', ""))
            code, said = bazel.try_to("build", "//hello")
            self.assertEqual(code, 1, said)
            self.assertIn('Could not resolve "../greeting/greeting.ts"', said)

    def test_a_failing_test_fails(self):
        bazel = self.workspace("failing")
        self.append(bazel, "greeting/greeting_test.ts", "assert.equal(greeting('me'), 'Hello, you!');\n")
        code, said = bazel.try_to("test", "//greeting:greeting_test")
        self.assertEqual(code, 3, said)
        self.assertIn("/app/greeting/greeting_test.ts:5", said)

    def test_a_remote_cache_is_shared(self):
        result = e2e.run(
            [sys.executable, many_apps.__file__, "--apps=8", "--json", "--folder=" + self.state],
            env={name: os.environ[name] for name in ("DV8PACK_DIST", "CACHE_NGINX", "CACHE_NGINX_CONF")},
            timeout=600,
        )
        self.assertEqual(result.code, 0, result)
        told = json.loads(result.out)
        counts = {name: (step["packed"], step["cached"]) for name, step in told["steps"].items()}
        self.assertEqual(counts, {
            "all": (8, 0),
            "nothing changed": (0, 0),
            "one program changed": (1, 0),
            "a comment of a BUILD file changed": (0, 0),
            "a clean output base": (0, 8),
        })
        self.assertTrue(told["same bytes"])


if __name__ == "__main__":
    if "ONLY_LOOPBACK" not in os.environ and e2e.can_use_namespaces() is None:
        os.environ["ONLY_LOOPBACK"] = "1"
        argv = e2e.namespace(["--net"], ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv])
        os.execvp(argv[0], argv)
    e2e.main()
