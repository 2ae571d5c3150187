#!/usr/bin/env python3
"""`dv8pack image` and --sbom, with the tools that people have: skopeo, umoci, crun, a registry."""

import base64
import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

HELLO = "console.log('hello', ...process.argv.slice(2));"
WHERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "image", "where.js")
MIB = 1 << 20
OCI = "application/vnd.oci.image."
SKOPEO = ["skopeo", "--insecure-policy", "--tmpdir"]


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Layout:
    """An image archive, unpacked: all digests are checked."""

    def __init__(self, test, archive):
        self.folder = e2e.scratch("layout")
        with tarfile.open(archive) as tar:
            tar.extractall(self.folder)
        for name in os.listdir(os.path.join(self.folder, "blobs", "sha256")):
            test.assertEqual(hashlib.sha256(self.blob("sha256:" + name)).hexdigest(), name)
        self.index = read_json(os.path.join(self.folder, "index.json"))
        self.descriptor = self.index["manifests"][0]
        self.manifest = json.loads(self.blob(self.descriptor["digest"]))
        self.config = json.loads(self.blob(self.manifest["config"]["digest"]))

    def blob(self, digest):
        with open(os.path.join(self.folder, "blobs", *digest.split(":")), "rb") as file:
            return file.read()

    def files(self):
        """The members of the last layer, which is gzip's, by path."""
        layer = os.path.join(self.folder, "layer.tar")
        with open(layer, "wb") as file:
            file.write(gzip.decompress(self.blob(self.manifest["layers"][-1]["digest"])))
        with tarfile.open(layer) as tar:
            return {member.name: member for member in tar.getmembers()}


class ImageTest(e2e.TestCase):
    def setUp(self):
        outside = e2e.scratch("src")
        os.mkdir(os.path.join(outside, ".git"))  # Above it may be the checkout of the tests.
        self.folder = os.path.join(outside, "src")
        e2e.write_tree(self.folder, {"hello.js": HELLO})

    def call(self, *args, **kwargs):
        return e2e.run([e2e.dv8pack(), *args], cwd=self.folder, **{"timeout": 240, **kwargs})

    def image(self, *args, **kwargs):
        """The path of the archive that `dv8pack image ARGS` makes, in silence."""
        output = os.path.join(e2e.scratch("image"), "app.tar")
        result = self.call("image", *args, "-o", output, **kwargs)
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
        return output

    def skopeo(self, *args):
        result = e2e.run([*SKOPEO, e2e.scratch("tmp"), *args], env={"HOME": e2e.scratch("home")}, timeout=120)
        self.assertEqual(result.code, 0, f"skopeo {args}: {result}")
        return result.out

    def unpacked_layers(self, archive):
        """A layout of the same image with other compressors' layers: umoci reads no zstd."""
        folder = os.path.join(e2e.scratch("copy"), "l")
        self.skopeo("copy", "-q", f"docker-archive:{archive}", f"oci:{folder}:latest")
        return folder

    def run_layout(self, layout, *args, tag="latest"):
        """Runs an image of an OCI layout as its configuration says, by crun in what umoci unpacks."""
        bundle = os.path.join(e2e.scratch("bundle"), "b")
        is_root = os.geteuid() == 0
        unpacked = e2e.run(["umoci", "unpack", *([] if is_root else ["--rootless"]), "--image", f"{layout}:{tag}", bundle])
        self.assertEqual(unpacked.code, 0, unpacked)
        file = os.path.join(bundle, "config.json")
        config = read_json(file)
        config["process"]["terminal"] = False
        config["process"]["args"] += args
        if not is_root:
            config["process"]["user"] = {"uid": 0, "gid": 0}
        # The machine's control groups are none of the program's.
        config["linux"].pop("resources", None)
        config["mounts"] = [mount for mount in config["mounts"] if mount["type"] != "cgroup"]
        with open(file, "w", encoding="utf-8") as out:
            json.dump(config, out)
        crun = ["crun", "--root", e2e.scratch("crun"), "--cgroup-manager=disabled", "run", "--bundle", bundle, f"t{os.getpid()}"]
        script = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"'
        return e2e.run(e2e.namespace(["--mount"], ["sh", "-c", script, "sh", *crun]))

    def assert_says_hello(self, layout, **kwargs):
        result = self.run_layout(layout, "a b", **kwargs)
        self.assertEqual((result.code, result.out, result.err), (0, "hello a b\n", ""), result)

    def test_layout(self):
        layout = Layout(self, self.image("hello.js"))
        self.assertEqual(read_json(os.path.join(layout.folder, "oci-layout")), {"imageLayoutVersion": "1.0.0"})
        self.assertEqual(layout.descriptor["platform"], {"architecture": "amd64", "os": "linux"})
        self.assertEqual(layout.descriptor["annotations"], {
            "io.containerd.image.name": "docker.io/library/hello:latest", "org.opencontainers.image.ref.name": "latest"})
        self.assertEqual([layer["mediaType"] for layer in layout.manifest["layers"]], [OCI + "layer.v1.tar+gzip"])
        self.assertEqual(layout.config["config"], {
            "User": "65532:65532",
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "Entrypoint": ["/usr/bin/hello"],
            "WorkingDir": "/",
            "Labels": {"org.opencontainers.image.title": "hello"},
        })
        layer = gzip.decompress(layout.blob(layout.manifest["layers"][0]["digest"]))
        self.assertEqual(layout.config["rootfs"]["diff_ids"], ["sha256:" + hashlib.sha256(layer).hexdigest()])
        files = layout.files()
        self.assertEqual(sorted(files), ["etc", "etc/group", "etc/passwd", "home", "home/nonroot", "tmp", "usr", "usr/bin", "usr/bin/hello"])
        self.assertEqual({(member.mtime, member.uname) for member in files.values()}, {(0, "")})
        self.assertEqual([files[name].mode for name in ("tmp", "usr/bin/hello", "etc/passwd")], [0o1777, 0o755, 0o644])
        docker = read_json(os.path.join(layout.folder, "manifest.json"))
        blob = lambda digest: "blobs/sha256/" + digest.split(":")[1]
        self.assertEqual(docker, [{"Config": blob(layout.manifest["config"]["digest"]), "RepoTags": ["hello:latest"],
                                   "Layers": [blob(layout.manifest["layers"][0]["digest"])]}])

    def test_skopeo_takes_it_as_both_archives(self):
        archive = self.image("hello.js", "--tag", "team/greeter:1.2")
        for kind in ("oci-archive", "docker-archive"):
            folder = os.path.join(e2e.scratch("copy"), "l")
            self.skopeo("copy", "-q", f"{kind}:{archive}", f"oci:{folder}:x")
            self.assert_says_hello(folder, tag="x")
        self.assertEqual(json.loads(self.skopeo("inspect", f"oci-archive:{archive}:1.2"))["Architecture"], "amd64")
        self.assertEqual(json.loads(self.skopeo("inspect", f"docker-archive:{archive}:team/greeter:1.2"))["Os"], "linux")

    def test_hello_is_small_and_runs_from_both_compressions(self):
        for compression, limit in (("gzip", 9.0), ("zstd", 7.2)):
            archive = self.image("hello.js", "--compression", compression)
            if not e2e.is_sanitized():
                self.assertLess(os.path.getsize(archive), limit * MIB)
            layout = Layout(self, archive)
            self.assertEqual(layout.manifest["layers"][0]["mediaType"], OCI + "layer.v1.tar+" + compression)
            self.assert_says_hello(self.unpacked_layers(archive))

    def test_registry(self):
        archive = self.image("hello.js")
        port = free_port()
        storage = e2e.scratch("registry")
        config = os.path.join(storage, "config.yml")
        e2e.write_tree(storage, {"config.yml": "version: 0.1\nlog: {level: error}\n"
                                               f"storage: {{filesystem: {{rootdirectory: {storage}/data}}}}\n"
                                               f"http: {{addr: '127.0.0.1:{port}'}}\n"})
        registry = os.path.abspath(os.environ["DOCKER_REGISTRY"]) if "DOCKER_REGISTRY" in os.environ else "docker-registry"
        server = subprocess.Popen([registry, "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(200 * e2e.patience()):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.05)
            name = f"docker://127.0.0.1:{port}/team/hello:1"
            self.skopeo("copy", "-q", "--dest-tls-verify=false", f"oci-archive:{archive}", name)
            found = json.loads(self.skopeo("inspect", "--tls-verify=false", name))
            self.assertEqual(found["Digest"], Layout(self, archive).descriptor["digest"])
            folder = os.path.join(e2e.scratch("pulled"), "l")
            self.skopeo("copy", "-q", "--src-tls-verify=false", name, f"oci:{folder}:latest")
        finally:
            server.terminate()
            server.wait(timeout=30)
        self.assert_says_hello(folder)

    def test_what_containers_see(self):
        e2e.write_tree(self.folder, {"conf/conf.json": "{}", "conf/run.sh": "#!/bin/sh\n", "conf/" + "long/" * 40 + "grün.txt": "x"})
        os.chmod(os.path.join(self.folder, "conf/run.sh"), 0o700)
        os.symlink("conf.json", os.path.join(self.folder, "conf/link"))
        shutil.copy(WHERE, self.folder)
        archive = self.image("where.js", "--file", "conf:/etc/app", "--env", "A=1=2", "--env", "B=", "--workdir", "/data/here", "--port", "8080",
                             "--port", "53/udp", "--label", "team=a=b", "--user", "1234", "--arg", "packed")
        layout = Layout(self, archive)
        config = layout.config["config"]
        self.assertEqual(config["User"], "1234:1234")
        self.assertEqual(config["ExposedPorts"], {"53/udp": {}, "8080/tcp": {}})
        self.assertEqual(config["Labels"], {"org.opencontainers.image.title": "where", "team": "a=b"})
        self.assertIn("etc/app/" + "long/" * 40 + "grün.txt", layout.files())
        result = self.run_layout(layout.folder, "x")
        self.assertEqual((result.code, result.err), (0, ""), result)
        seen = json.loads(result.out)
        if os.geteuid() == 0:
            self.assertEqual((seen["uid"], seen["gid"], seen["user"], seen["home"]), (1234, 1234, "nonroot", "/home/nonroot"))
        self.assertEqual(seen["cwd"], "/data/here")
        self.assertEqual(seen["execPath"], "/usr/bin/where")
        self.assertEqual(seen["arguments"], ["packed", "x"])
        self.assertEqual(seen["env"], {"A": "1=2", "B": "", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})
        self.assertEqual((seen["file"], seen["link"], seen["executable"], seen["certificates"]), ("{}", "conf.json", "755", True))

    def test_base(self):
        base = self.image("hello.js", "--env", "A=base", "--env", "C=base", "--port", "1", "--label", "team=base", "--tag", "base:3",
                          "--workdir", "/srv", "--user", "7:8", "--file", "hello.js:/srv/of-base", "--compression", "zstd")
        under = Layout(self, base)
        e2e.write_tree(self.folder, {"top.js": "console.log(process.env.A, process.env.C, process.cwd(), require('fs').readdirSync('.'));"})
        for place in (base, under.folder, base + ":3", under.folder + ":docker.io/library/base:3"):
            layout = Layout(self, self.image("top.js", "--base", place, "--env", "A=top", "--port", "2"))
            self.assertEqual(layout.manifest["layers"][0], under.manifest["layers"][0])
            self.assertEqual(layout.manifest["annotations"]["org.opencontainers.image.base.digest"], under.descriptor["digest"])
            self.assertEqual(layout.manifest["annotations"]["org.opencontainers.image.base.name"], "docker.io/library/base:3")
        self.assertEqual(list(layout.files()), ["usr/bin/top"])
        config = layout.config["config"]
        self.assertEqual((config["User"], config["WorkingDir"], config["ExposedPorts"]), ("7:8", "/srv", {"1/tcp": {}, "2/tcp": {}}))
        self.assertEqual(config["Labels"], {"org.opencontainers.image.title": "top", "team": "base"})
        self.assertEqual(config["Entrypoint"], ["/usr/bin/top"])
        self.assertEqual(len(layout.config["rootfs"]["diff_ids"]), 2)
        result = self.run_layout(self.unpacked_layers(self.image("top.js", "--base", base, "--env", "A=top")))
        self.assertEqual((result.code, result.out), (0, "top base /srv [ 'of-base' ]\n"), result)

    def test_base_that_umoci_made(self):
        folder = os.path.join(e2e.scratch("base"), "l")
        rootfs = e2e.scratch("rootfs")
        os.chmod(rootfs, 0o755)
        e2e.write_tree(rootfs, {"etc/motd": "from the base"})
        for command in (["init", "--layout", folder], ["new", "--image", folder + ":b"],
                        ["insert", *([] if os.geteuid() == 0 else ["--rootless"]), "--image", folder + ":b", rootfs, "/"],
                        ["config", "--image", folder + ":b", "--config.env", "X=1", "--config.cmd", "gone"]):
            made = e2e.run(["umoci", *command])
            self.assertEqual(made.code, 0, made)
        e2e.write_tree(self.folder, {"top.js": "console.log(process.env.X, require('fs').readFileSync('/etc/motd', 'utf8'), process.argv.length);"})
        layout = Layout(self, self.image("top.js", "--base", folder))
        self.assertNotIn("Cmd", layout.config["config"])
        self.assertEqual(layout.config["config"]["User"], "65532:65532")
        result = self.run_layout(layout.folder)
        self.assertEqual((result.code, result.out), (0, "1 from the base 2\n"), result)

    def test_same_bytes(self):
        files = {"package.json": '{"name": "p", "version": "1.0.0", "main": "main.js"}', "main.js": HELLO, "data/b": "b", "data/a": "a"}
        archives = []
        for _ in range(2):
            folder = e2e.scratch("same")
            e2e.write_tree(folder, files)
            result = e2e.run([e2e.dv8pack(), "image", ".", "-o", "p.tar", "--file", "data:/data", "--sbom", "p.cdx.json",
                              "--sbom", "p.spdx.json"], cwd=folder, env={"SOURCE_DATE_EPOCH": "1700000000"}, timeout=240)
            self.assertEqual((result.code, result.err), (0, ""), result)
            with open(os.path.join(folder, "p.tar"), "rb") as file:
                archives.append(file.read())
        self.assertEqual(*archives)
        self.assertIn(b'"created":"2023-11-14T22:13:20Z"', archives[0])

    def test_labels_of_package_and_git(self):
        commit = "0123456789abcdef0123456789abcdef01234567"
        e2e.write_tree(self.folder, {
            "package.json": json.dumps({
                "name": "@team/shop", "version": "2.1.0", "description": "sells", "license": "MIT", "homepage": "https://shop.example",
                "author": {"name": "A", "email": "a@shop.example"}, "main": "hello.js"}),
            ".git/HEAD": "ref: refs/heads/main\n",
            ".git/packed-refs": f"# pack-refs with: peeled fully-peeled sorted\n{commit} refs/heads/main\n",
            ".git/config": '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://me:secret@git.example/team/shop.git\n',
        })
        archive = self.image(".", "--label", "org.opencontainers.image.version=3")
        layout = Layout(self, archive)
        expected = {"title": "@team/shop", "version": "2.1.0", "description": "sells", "licenses": "MIT", "url": "https://shop.example",
                    "authors": "A <a@shop.example>", "revision": commit, "source": "https://git.example/team/shop"}
        named = {"org.opencontainers.image." + key: value for key, value in expected.items()}
        self.assertEqual(layout.manifest["annotations"], {**named, "org.opencontainers.image.created": "1970-01-01T00:00:00Z"})
        self.assertEqual(layout.config["config"]["Labels"], {**named, "org.opencontainers.image.version": "3"})
        with open(archive, "rb") as file:
            self.assertNotIn(b"secret", file.read())
        os.makedirs(os.path.join(self.folder, ".git/refs/heads"))
        e2e.write_tree(self.folder, {".git/refs/heads/main": commit[::-1] + "\n"})
        self.assertEqual(Layout(self, self.image(".")).config["config"]["Labels"]["org.opencontainers.image.revision"], commit[::-1])

    def write_project(self):
        """A program with packages, some of which are strange."""
        integrity = "sha512-" + base64.b64encode(bytes(range(64))).decode()
        e2e.write_tree(self.folder, {
            "package.json": '{"name": "shop", "version": "1.0.0", "license": "UNLICENSED", "dependencies": {"a": "1", "@s/b": "2"}}',
            "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {
                "": {}, "node_modules/a": {"version": "1.0.1", "integrity": integrity, "resolved": "https://packages.example/a.tgz"},
                "node_modules/@s/b": {"version": "9.9.9", "integrity": integrity}}}),
            "main.js": "import a from 'a'; import b from '@s/b'; import fs from 'node:fs'; console.log(a, b, fs.existsSync('/'));",
            "node_modules/a/package.json": '{"name": "a", "version": "1.0.1", "license": "(MIT OR Apache-2.0)", "dependencies": {"c": "3"}}',
            "node_modules/a/index.js": "module.exports = require('c');",
            "node_modules/a/LICENSE": "Of package a.",
            "node_modules/c/package.json": '{"name": "c", "version": "3.0.0", "licenses": [{"type": "BSD-3-Clause"}]}',
            "node_modules/c/index.js": "module.exports = 'c';",
            "node_modules/@s/b/package.json": '{"name": "@s/b", "version": "2.0.0+x", "license": "SEE LICENSE IN TERMS"}',
            "node_modules/@s/b/index.js": "module.exports = 'b';",
            "node_modules/unused/package.json": '{"name": "unused", "version": "1.0.0"}',
            "node_modules/unused/index.js": "",
        })
        return integrity

    def test_cyclonedx(self):
        self.write_project()
        archive = self.image("main.js", "--sbom", "shop.cdx.json", env={"SOURCE_DATE_EPOCH": "86400"})
        bill = read_json(os.path.join(self.folder, "shop.cdx.json"))
        self.assertEqual((bill["bomFormat"], bill["specVersion"], bill["metadata"]["timestamp"]), ("CycloneDX", "1.6", "1970-01-02T00:00:00Z"))
        self.assertRegex(bill["serialNumber"], r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        program = bill["metadata"]["component"]
        self.assertEqual((program["name"], program["version"], program["licenses"]), ("shop", "1.0.0", [{"license": {"name": "UNLICENSED"}}]))
        parts = {part["name"]: part for part in bill["components"]}
        self.assertNotIn("unused", parts)
        self.assertEqual(parts["a"], {
            "type": "library", "bom-ref": "pkg:npm/a@1.0.1", "name": "a", "version": "1.0.1",
            "hashes": [{"alg": "SHA-512", "content": bytes(range(64)).hex()}], "licenses": [{"expression": "(MIT OR Apache-2.0)"}],
            "purl": "pkg:npm/a@1.0.1", "externalReferences": [{"type": "distribution", "url": "https://packages.example/a.tgz"}]})
        self.assertEqual((parts["@s/b"]["purl"], parts["@s/b"]["licenses"]), ("pkg:npm/%40s/b@2.0.0%2Bx", [{"license": {"name": "SEE LICENSE IN TERMS"}}]))
        self.assertNotIn("hashes", parts["@s/b"])  # The lock file is about another version.
        self.assertEqual(parts["c"]["licenses"], [{"license": {"id": "BSD-3-Clause"}}])
        for name in ("v8", "node", "openssl", "undici", "glibc"):
            self.assertRegex(parts[name]["version"], r"^\d+\.\d+")
        needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
        self.assertEqual(needs["pkg:npm/a@1.0.1"], ["pkg:npm/c@3.0.0"])
        self.assertLessEqual({"pkg:npm/a@1.0.1", "pkg:npm/%40s/b@2.0.0%2Bx", parts["v8"]["purl"]}, set(needs["program"]))
        self.assertNotIn("pkg:npm/c@3.0.0", needs["program"])
        references = [part["bom-ref"] for part in bill["components"]]
        self.assertEqual(len(references), len(set(references)))

        layout = Layout(self, archive)
        self.assertEqual(len(layout.index["manifests"]), 2)
        descriptor = layout.index["manifests"][1]
        self.assertEqual(descriptor["artifactType"], "application/vnd.cyclonedx+json")
        referrer = json.loads(layout.blob(descriptor["digest"]))
        self.assertEqual(referrer["subject"]["digest"], layout.descriptor["digest"])
        self.assertEqual(json.loads(layout.blob(referrer["layers"][0]["digest"])), bill)
        folder = os.path.join(e2e.scratch("copy"), "l")
        self.skopeo("copy", "-q", f"oci-archive:{archive}:latest", f"oci:{folder}:latest")
        result = self.run_layout(folder)
        self.assertEqual((result.code, result.out), (0, "c b true\n"), result)

    def test_spdx_of_an_executable(self):
        self.write_project()
        result = self.call("main.js", "-o", "shop", "--sbom", "shop.spdx.json")
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
        bill = read_json(os.path.join(self.folder, "shop.spdx.json"))
        self.assertEqual((bill["spdxVersion"], bill["creationInfo"]["created"]), ("SPDX-2.3", "1970-01-01T00:00:00Z"))
        packages = {package["name"]: package for package in bill["packages"]}
        with open(os.path.join(self.folder, "shop"), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        self.assertEqual(packages["shop"]["checksums"], [{"algorithm": "SHA256", "checksumValue": digest}])
        self.assertEqual(packages["a"]["licenseDeclared"], "(MIT OR Apache-2.0)")
        self.assertEqual(packages["a"]["checksums"], [{"algorithm": "SHA512", "checksumValue": bytes(range(64)).hex()}])
        self.assertEqual(packages["@s/b"]["licenseDeclared"], "LicenseRef-SEE-LICENSE-IN-TERMS")
        self.assertIn({"licenseId": "LicenseRef-SEE-LICENSE-IN-TERMS", "name": "SEE LICENSE IN TERMS", "extractedText": "SEE LICENSE IN TERMS"},
                      bill["hasExtractedLicensingInfos"])
        relations = {(one["spdxElementId"], one["relationshipType"], one["relatedSpdxElement"]) for one in bill["relationships"]}
        ids = {name: package["SPDXID"] for name, package in packages.items()}
        self.assertIn(("SPDXRef-DOCUMENT", "DESCRIBES", ids["shop"]), relations)
        self.assertIn((ids["a"], "DEPENDS_ON", ids["c"]), relations)
        self.assertEqual(len(ids), len(set(ids.values())))

    def test_small_programs_are_made_of_less(self):
        self.assertEqual(self.call("hello.js", "-o", "hello", "--sbom", "h.cdx.json").code, 0)
        names = {part["name"] for part in read_json(os.path.join(self.folder, "h.cdx.json"))["components"]}
        self.assertIn("v8", names)
        self.assertFalse(names & {"openssl", "node", "undici"}, names)

    def test_licenses_of_a_program(self):
        self.write_project()
        result = self.call("--licenses", "main.js")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertTrue(result.out.startswith(self.call("--licenses").out))
        own = result.out[len(self.call("--licenses").out):]
        self.assertIn("\na 1.0.1 (npm)\n", own)
        self.assertIn("License: (MIT OR Apache-2.0)\n\nOf package a.\n", own)
        self.assertIn("\nc 3.0.0 (npm)\n", own)
        self.assertNotIn("unused", own)

    def test_json(self):
        result = self.call("image", "hello.js", "--json", "--tag", "localhost:5000/h")
        self.assertEqual((result.code, result.err), (0, ""), result)
        told = json.loads(result.out)
        layout = Layout(self, os.path.join(self.folder, told["output"]))
        self.assertEqual(told["output"], "hello.tar")
        self.assertEqual(told["size"], os.path.getsize(os.path.join(self.folder, "hello.tar")))
        layer = layout.manifest["layers"][0]
        self.assertEqual(told["image"], {
            "name": "localhost:5000/h:latest", "digest": layout.descriptor["digest"], "config": layout.manifest["config"]["digest"],
            "layers": [layer["digest"]], "size": layer["size"]})
        self.assertEqual(told["inputs"], ["/app/hello.js"])
        failed = self.call("image", "hello.js", "--json", "--file", "gone:/x")
        self.assertEqual((failed.code, json.loads(failed.out)["error"]["file"]), (1, "gone"), failed)

    def test_options_in_a_file(self):
        e2e.write_tree(self.folder, {"package.json": "{}", "dv8pack.json": json.dumps({
            "output": "dist-app", "env": {"A": "1"}, "label": {"team": "x"}, "port": [80, "81/udp"], "file": "hello.js:/srv/", "minify": True})})
        self.assertEqual(self.call("hello.js").code, 2)  # Ports are strings.
        e2e.write_tree(self.folder, {"dv8pack.json": json.dumps({
            "output": "dist-app", "env": {"A": "1"}, "label": {"team": "x"}, "port": ["80", "81/udp"], "file": "hello.js:/srv/", "minify": True})})
        result = self.call("hello.js")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("dist-app", os.listdir(self.folder))
        self.assertEqual(self.call("run", "hello.js").out, "hello\n")
        result = self.call("image", "hello.js")
        self.assertEqual((result.code, result.err), (0, ""), result)
        layout = Layout(self, os.path.join(self.folder, "hello.tar"))
        self.assertIn("srv/hello.js", layout.files())
        self.assertIn("A=1", layout.config["config"]["Env"])
        self.assertEqual(layout.config["config"]["ExposedPorts"], {"80/tcp": {}, "81/udp": {}})

    def test_wrong_use(self):
        for option, value, message in (
                ("--port", "0", "--port is a number from 1 to 65535, with /udp or /sctp behind it when it is not TCP's, not '0'"),
                ("--port", "80/x", "--port is a number from 1 to 65535, with /udp or /sctp behind it when it is not TCP's, not '80/x'"),
                ("--tag", "Shop", "--tag is [HOST[:PORT]/]NAME[:TAG], not 'Shop'\n  hint: names are in lower case"),
                ("--tag", "a//b", "--tag is [HOST[:PORT]/]NAME[:TAG], not 'a//b'\n  hint: such as shop/cart:1.0"),
                ("--user", "bob", "--user is UID[:GID], root or nonroot in an image without a base, not 'bob'"),
                ("--workdir", "x", "--workdir is an absolute path without '.', '..' and a slash at its end, not 'x'"),
                ("--env", "x", "--env is default or core, not 'x'"),
                ("--env", "=x", "--env is NAME=VALUE, not '=x'"),
                ("--label", "x", "--label is NAME=VALUE, not 'x'"),
                ("--file", "hello.js", "--file is SOURCE:TARGET with an absolute TARGET, not 'hello.js'"),
                ("--file", "hello.js:/a/../b", "--file: the target is a path without '.', '..' and empty parts, not '/a/../b'"),
                ("--compression", "xz", "--compression is gzip or zstd, not 'xz'"),
                ("--sbom", "x.json", "--sbom is a file that ends with .cdx.json (CycloneDX) or .spdx.json (SPDX), not 'x.json'"),
                ("--out-dir", "x", "--out-dir is for executables: an image is one file")):
            result = self.call("image", "hello.js", option, value)
            self.assertEqual((result.code, result.out, result.err), (2, "", f"dv8pack: error: {message}\n"), result)
        for option, value, message in (("--workdir", "/data", "--workdir is for dv8pack image"),
                                       ("--env", "A=b", "--env NAME=VALUE is for dv8pack image and vm\n  hint: --env-file FILE packs variables into the app")):
            result = self.call("hello.js", option, value)
            self.assertEqual((result.code, result.out, result.err), (2, "", f"dv8pack: error: {message}\n"), result)
        self.assertEqual(os.listdir(self.folder), ["hello.js"])

    def test_wrong_input(self):
        base = self.image("hello.js", "--tag", "one:1")
        broken = Layout(self, base)
        with open(os.path.join(broken.folder, "blobs", *broken.descriptor["digest"].split(":")), "ab") as file:
            file.write(b" ")
        e2e.write_tree(self.folder, {"empty/x": "", "text": "x" * 2000})
        for option, value, message in (
                ("--file", "gone:/x", "gone: error: --file: there is no such file or folder"),
                ("--file", "hello.js:/usr/bin", "error: --file: '/usr/bin' is a file, and others are to lie in it"),
                ("--base", "gone", "gone: error: --base: there is no such file or folder"),
                ("--base", "text", "text: error: --base: is not a tar archive"),
                ("--base", "empty", "empty: error: --base: is no OCI image layout: it has no index.json\n"
                                    "  hint: skopeo copy docker://NAME oci:FOLDER:TAG makes one"),
                ("--base", base + ":2", f"{base}: error: --base: has no image for linux/amd64 of the name '2'"),
                ("--base", broken.folder, f"{broken.folder}: error: --base: is not what its digest says: {broken.descriptor['digest']}"),
                ("--sbom", "gone/x.cdx.json", "gone/x.cdx.json: error: --sbom: cannot write the output: No such file or directory")):
            result = self.call("image", "hello.js", option, value)
            self.assertEqual((result.code, result.out, result.err), (2 if "/usr/bin" in value else 1, "", message + "\n"), result)
        self.assertEqual(sorted(os.listdir(self.folder)), ["empty", "hello.js", "text"])


if __name__ == "__main__":
    e2e.main()
