#!/usr/bin/env python3
"""`dv8pack vm`: programs as the only ones of machines that QEMU runs, without KVM, with Debian's kernel for clouds."""

import hashlib
import json
import lzma
import os
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vm")
SECONDS = 180  # An emulated machine on a busy one.
EXIT_PORT = "0x501"


def given(name):
    return os.path.abspath(os.environ[name])


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class VmTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("vm")
        e2e.write_tree(self.folder, {"hello.js": "console.log('hello');"})

    def call(self, *args):
        return e2e.run([e2e.dv8pack(), *args], cwd=self.folder, timeout=240)

    def image(self, program, *options):
        output = os.path.join(e2e.scratch("image"), "app.img")
        result = self.call("vm", program if program == "hello.js" else os.path.join(PROGRAMS, program), "--modules", given("VM_MODULES"),
                           *options, "-o", output)
        self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
        return output

    def qemu(self, image, line="", forward=""):
        """QEMU's command line for the image. `line` follows ours on the kernel's."""
        network = "user,id=n" + (f",hostfwd={forward}" if forward else "")
        return ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "256", "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot",
                "-kernel", given("VM_KERNEL"), "-initrd", image, "-append", f"console=ttyS0 quiet loglevel=3 panic=-1 no_timer_check exit_port={EXIT_PORT} {line}",
                "-netdev", network, "-device", "virtio-net-pci,netdev=n,romfile=", "-device", "virtio-rng-pci",
                "-device", f"isa-debug-exit,iobase={EXIT_PORT},iosize=1"]

    def boot(self, image, line=""):
        """The lines on the console, and the exit code that the machine told QEMU."""
        result = e2e.run(self.qemu(image, line), timeout=SECONDS)
        self.assertEqual(result.err, "", result)
        self.assertEqual(result.code & 1, 1, result)
        return [line for line in result.out.splitlines() if not line.startswith("\x1b")], result.code >> 1

    def start(self, image, forward):
        machine = subprocess.Popen(self.qemu(image, forward=forward), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(machine.stdout.close)
        self.addCleanup(machine.wait)
        self.addCleanup(machine.kill)
        for line in machine.stdout:
            if line.strip() == b"listening":
                return machine
        self.fail("the program never listened")

    def test_hello(self):
        lines, code = self.boot(self.image("hello.js"))
        self.assertEqual((lines, code), (["hello", "dv8-vm: exit code 0"], 0))

    def test_what_a_program_finds(self):
        lines, code = self.boot(self.image("report.js", "--env", "A=1", "--env", "B=2"), "B=3 -- orphans b")
        self.assertEqual(lines, [
            "arguments orphans b",
            "variables 1 3 undefined undefined",
            "network lo=127.0.0.1/8 eth0=10.0.2.15/24 nameserver 10.0.2.3",
            "user root / true 1",
            "folders true true true true true true true",
            "orphans 0 0",
            "dv8-vm: exit code 7",
        ])
        self.assertEqual(code, 7)

    def test_addresses(self):
        image = self.image("report.js", "--ip", "10.0.2.20/24,10.0.2.2,10.0.2.4")
        self.assertIn("network lo=127.0.0.1/8 eth0=10.0.2.20/24 nameserver 10.0.2.4", self.boot(image)[0])
        self.assertIn("network lo=127.0.0.1/8 -", self.boot(image, "ip=none")[0])

    def test_udp(self):
        port = free_port(socket.SOCK_DGRAM)
        self.start(self.image("udp.js"), f"udp:127.0.0.1:{port}-:7")
        result = e2e.run(["timeout", "20", "nc", "-u", "-W", "1", "127.0.0.1", str(port)], stdin="ping")
        self.assertEqual(result.out, "PING", result)

    def test_http(self):
        port = free_port(socket.SOCK_STREAM)
        self.start(self.image("http.js"), f"tcp:127.0.0.1:{port}-:80")
        result = e2e.run(["curl", "-sS", "--max-time", "20", f"http://127.0.0.1:{port}/world"])
        self.assertEqual((result.out, result.err), ("hello /world\n", ""), result)

    def test_same_bytes(self):
        sums = set()
        for _ in range(2):
            with open(self.image("hello.js", "--env", "A=1"), "rb") as file:
                sums.add(hashlib.sha256(file.read()).hexdigest())
            time.sleep(1)
        self.assertEqual(len(sums), 1)

    def test_json(self):
        result = self.call("vm", "hello.js", "--modules", given("VM_MODULES"), "--json")
        self.assertEqual((result.code, result.err), (0, ""), result)
        told = json.loads(result.out)
        self.assertEqual((told["output"], told["size"]), ("hello.img", os.path.getsize(os.path.join(self.folder, "hello.img"))))
        modules = told["vm"]["modules"]
        self.assertLess(modules.index("virtio_ring"), modules.index("virtio_net"))
        for name in ("virtio_pci", "virtio_net", "virtio_rng"):
            self.assertIn(name, modules)
        without = json.loads(self.call("vm", "hello.js", "--json").out)
        self.assertEqual(without["vm"], {"modules": []})

    def test_compressed_modules(self):
        plain = self.call("vm", "hello.js", "--modules", given("VM_MODULES"), "-o", "plain.img")
        self.assertEqual(plain.code, 0, plain)
        for path in pathlib.Path(given("VM_MODULES")).rglob("*.ko"):
            packed = pathlib.Path(self.folder, "packed", path.name + ".xz")
            packed.parent.mkdir(exist_ok=True)
            packed.write_bytes(lzma.compress(path.read_bytes(), preset=0))
        packed = self.call("vm", "hello.js", "--modules", "packed", "-o", "packed.img")
        self.assertEqual((packed.code, packed.err), (0, plain.err), packed)
        with open(os.path.join(self.folder, "plain.img"), "rb") as one, open(os.path.join(self.folder, "packed.img"), "rb") as other:
            self.assertEqual(hashlib.sha256(one.read()).digest(), hashlib.sha256(other.read()).digest())

    def test_wrong_use(self):
        e2e.write_tree(self.folder, {"none/x": "", "packed/virtio_pci.ko.xz": ""})
        for options, code, message in (
                (["--ip", "10.0.0.1"], 2, "dv8pack: error: --ip is dhcp, none or ADDRESS/BITS[,ROUTER[,NAMESERVER]], not '10.0.0.1'\n"),
                (["--workdir", "/x"], 2, "dv8pack: error: --workdir is for dv8pack image\n"),
                (["--out-dir", "x"], 2, "dv8pack: error: --out-dir is for executables: a virtual machine is one file\n"),
                (["--modules", "gone"], 1, "gone: error: --modules: No such file or directory\n"),
                (["--modules", "none"], 1, "none: error: --modules: has no module of virtio\n  hint: /lib/modules/VERSION has a kernel's; "
                                           "leave the option out for a kernel that has virtio built in\n"),
                (["--modules", "packed"], 1, "packed/virtio_pci.ko.xz: error: --modules: is damaged, or no compressed module\n")):
            result = self.call("vm", "hello.js", *options)
            self.assertEqual((result.code, result.out, result.err), (code, "", message), result)
        result = self.call("hello.js", "--ip", "none")
        self.assertEqual((result.code, result.err), (2, "dv8pack: error: --ip is for dv8pack vm\n"), result)
        self.assertEqual(sorted(os.listdir(self.folder)), ["hello.js", "none", "packed"])

    def test_init_is_the_first_process_only(self):
        result = e2e.run([os.path.join(e2e.dist(), "libexec", "dv8-init")])
        self.assertEqual((result.code, result.err), (2, "dv8-init: is the first process of a virtual machine and nothing else\n"), result)


if __name__ == "__main__":
    e2e.main()
