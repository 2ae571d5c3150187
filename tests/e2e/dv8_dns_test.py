#!/usr/bin/env python3
"""dv8's dns against dnsmasq on loopback."""

import os
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

LONG = "x" * 200
RECORDS = [
    "--host-record=one.test,192.0.2.1,2001:db8::1",
    "--host-record=sub.example.test,192.0.2.9",
    "--cname=alias.test,one.test",
    "--mx-host=mail.test,mx1.test,10", "--mx-host=mail.test,mx2.test,20",
    "--txt-record=text.test,first,second part",
    "--srv-host=_http._tcp.test,one.test,8080,5,7",
    "--ptr-record=1.2.0.192.in-addr.arpa,one.test",
    "--ptr-record=1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa,six.test",
    *[f"--txt-record=long.test,{i}{LONG}" for i in range(20)],
    "--auth-zone=", "--local=/test/",
]
# Debian's users have no /usr/sbin in their PATH.
DNSMASQ = shutil.which("dnsmasq", path="/usr/sbin:/usr/bin:/sbin:/bin")
SERVER = [DNSMASQ, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-daemon", "--user=root",
          "--listen-address=127.0.0.1", "--bind-interfaces", *[r for r in RECORDS if r != "--auth-zone="]]


def free_port():
    """A port that is free for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(("127.0.0.1", udp.getsockname()[1]))
            except OSError:
                continue
            return udp.getsockname()[1]


class DnsTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.server = subprocess.Popen([*SERVER, f"--port={cls.port}"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", cls.port)).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("dnsmasq does not start")

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server.wait()

    def assert_prints(self, name, *options, args=(), **kwargs):
        super().assert_prints(name, *options, args=[f"127.0.0.1:{self.port}", *args], **kwargs)

    def test_records(self):
        self.assert_prints("records.mjs")

    def test_a_long_answer_comes_by_tcp(self):
        self.assert_prints("a_long_answer_comes_by_tcp.mjs")

    def test_errors(self):
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(silent.close)
        silent.bind(("127.0.0.1", 0))
        self.assert_prints("errors.mjs", args=[f"127.0.0.1:{silent.getsockname()[1]}"])

    def test_search_domains_and_servers(self):
        self.assert_prints("search_domains_and_servers.mjs")

    def test_lookup(self):
        self.assert_prints("lookup.mjs")

    def test_the_environment_changes_nothing(self):
        hosts = os.path.join(e2e.scratch(), "aliases")
        with open(hosts, "w", encoding="ascii") as file:
            file.write("sub one.test\n")
        env = {"LOCALDOMAIN": "example.test", "RES_OPTIONS": "timeout:1 ndots:0", "HOSTALIASES": hosts}
        # Only the machine's resolv.conf may give search domains; none of them has this name.
        self.assert_prints("the_environment_changes_nothing.mjs", env=env)

    def test_a_callback_that_throws(self):
        self.assert_prints("a_callback_that_throws.mjs")

    def test_a_callback_that_closes_its_resolver(self):
        self.assert_prints("a_callback_that_closes_its_resolver.mjs")

    def test_shutdown_in_a_callback(self):
        self.assert_prints("shutdown_in_a_callback.mjs")

    def test_shutdown_leaves_what_was_asked_without_an_answer(self):
        self.assert_prints("shutdown_leaves_what_was_asked_without_an_answer.mjs")

    def test_many_at_once_and_dropped_resolvers(self):
        self.assert_prints("many_at_once_and_dropped_resolvers.mjs", "--v8-flags=--expose-gc")

    def test_resolvers_that_are_asked_after_they_closed_are_collected(self):
        self.assert_prints("resolvers_that_are_asked_after_they_closed_are_collected.mjs", "--v8-flags=--expose-gc")

    def test_reverse_names_stay_out_of_the_search_domains(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(20)
            app = self.pack_program("reverse_names_stay_out_of_the_search_domains.mjs")
            process = subprocess.Popen([app, f"127.0.0.1:{server.getsockname()[1]}"], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
            self.addCleanup(process.kill)
            query, client = server.recvfrom(600)
            self.assertIn(b"\x07in-addr\x04arpa\x00", query)
            server.sendto(query[:2] + b"\x81\x83" + query[4:], client)  # NXDOMAIN
            self.assertEqual(process.communicate(timeout=20)[0], b"ENOTFOUND\n")
            server.setblocking(False)
            self.assertRaises(BlockingIOError, server.recv, 600)

    def test_in_a_chroot_with_nothing_but_resolv_conf(self):
        if e2e.is_sanitized():
            self.skipTest("a sanitizer's program is not static")
        if problem := e2e.can_use_namespaces():
            self.skipTest(problem)
        root = e2e.scratch()
        app = self.pack_program("in_a_chroot_with_nothing_but_resolv_conf.mjs")
        e2e.write_tree(root, {"etc/resolv.conf": "nameserver 127.0.0.1\nsearch example.test\n"})
        shutil.copy(app, os.path.join(root, "app"))
        script = ("/sbin/ip link set lo up && { " + " ".join(f"'{a}'" for a in [*SERVER, "--port=53"]) + " 2>/dev/null & server=$!; } && "
                  "for i in $(seq 100); do nc -z 127.0.0.1 53 && break; sleep 0.05; done; chroot . /app; code=$?; kill $server; exit $code")
        result = e2e.run(e2e.namespace(["--net", "--mount"], ["bash", "-c", script]), cwd=root)
        self.assertEqual((result.code, result.out), (0, "127.0.0.1 192.0.2.9 2001:db8::1 127.0.0.1\n"), result)


if __name__ == "__main__":
    e2e.main()
