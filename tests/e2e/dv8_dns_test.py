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

    def lines(self, source, *args, options=(), env=None):
        app = self.pack_source(
            "import { DNS } from 'dv8:dns'; const server = process.argv[2]; const show = (x) => console.log(JSON.stringify(x));"
            "const fails = async (promise) => { try { await promise; console.log('no error'); } catch (e) { console.log(e.code ?? e.name, e.syscall ?? e.message, e.hostname ?? ''); } };"
            + source, *options, name="main.mjs")
        result = e2e.run([app, f"127.0.0.1:{self.port}", *args], env=env)
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out.splitlines()

    def test_records(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] });
const sort = (list) => list.map((x) => JSON.stringify(x)).sort();
for (const type of ['A', 'AAAA']) show((await dns.resolve('one.test', type)).map((x) => [x.address, typeof x.ttl]));
show(sort(await dns.resolve('mail.test', 'MX')));
show(await dns.resolve('text.test', 'TXT'));
show(await dns.resolve('_http._tcp.test', 'SRV'));
show(await dns.resolve('alias.test', 'CNAME'));
show(await dns.resolve('1.2.0.192.in-addr.arpa', 'PTR'));
show([await dns.reverse('192.0.2.1'), await dns.reverse('2001:db8::1')]);
show((await dns.resolve('alias.test')).map((x) => x.address));
dns.resolve('one.test', (error, records) => { show([error, records[0].address]); dns.resolve('none.test', 'A', (e, r) => show([e.code, r])); });
show(dns.hello());
"""), ['[["192.0.2.1","number"]]', '[["2001:db8::1","number"]]',
        r'["{\"exchange\":\"mx1.test\",\"priority\":10}","{\"exchange\":\"mx2.test\",\"priority\":20}"]',
        '[["first","second part"]]', '[{"name":"one.test","port":8080,"priority":5,"weight":7}]', '["one.test"]', '["one.test"]',
        '[["one.test"],["six.test"]]', '["192.0.2.1"]', "0", '[null,"192.0.2.1"]', '["ENOTFOUND",null]'])

    def test_a_long_answer_comes_by_tcp(self):
        self.assertEqual(self.lines("const dns = new DNS({ servers: [server] }); const r = await dns.resolve('long.test', 'TXT'); show([r.length, r.every((x) => x[0].length >= 201)]);"), ["[20,true]"])

    def test_errors(self):
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(silent.close)
        silent.bind(("127.0.0.1", 0))
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] });
await fails(dns.resolve('none.test'));
await fails(dns.resolve('one.test', 'MX'));
await fails(dns.resolve('outside.example', 'A'));
const slow = new DNS({ timeout: 50, tries: 2, servers: [process.argv[3]], search: [] });
const start = performance.now(); await fails(slow.resolve('one.test')); console.log(performance.now() - start > 90);
const queries = [slow.resolve('a.test'), slow.lookup('b.test')]; slow.cancel(); for (const q of queries) await fails(q);
const last = slow.resolve('c.test'); slow.close(); slow.close(); await fails(last); await fails(slow.resolve('d.test')); show(slow.getServers());
await fails(dns.resolve('a..b'));
for (const f of [() => dns.resolve(''), () => dns.resolve(5), () => dns.resolve('a', 'X'), () => dns.resolve('a', 'A', 5), () => dns.reverse('x'), () => dns.reverse('1.2.3'), () => dns.reverse('1::2::3'), () => dns.lookup('a', 5),
  () => dns.setServers([]), () => dns.setServers(['example.com']), () => dns.setServers('1.2.3.4'), () => new DNS({ timeout: 0 }), () => new DNS({ tries: 1.5 }), () => new DNS({ search: 'x' })]) try { f(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }
""", f"127.0.0.1:{silent.getsockname()[1]}"), [
            "ENOTFOUND queryA none.test", "ENODATA queryMX one.test", "EREFUSED queryA outside.example",
            "ETIMEOUT queryA one.test", "true", "ECANCELLED queryA a.test", "ECANCELLED getaddrinfo b.test",
            "EDESTRUCTION queryA c.test", "EDESTRUCTION queryA d.test", "[]", "EBADNAME queryA a..b",
            "TypeError resolve: the name must be a string of 1 to 255 characters",
            "TypeError resolve: the name must be a string of 1 to 255 characters",
            "TypeError resolve: type 'X' is none of A, AAAA, CNAME, MX, NS, PTR, SRV, TXT",
            "TypeError queryA: the callback must be a function",
            "TypeError reverse: 'x' is no IP address", "TypeError reverse: '1.2.3' is no IP address", "TypeError reverse: '1::2::3' is no IP address",
            "RangeError lookup: family 5 is none of 0, 4 and 6",
            "TypeError setServers: an array of addresses is needed", "TypeError setServers: 'example.com' is no address", "TypeError setServers: an array of addresses is needed",
            "RangeError DNS: timeout 0 is not a whole number from 1 to 600000", "RangeError DNS: tries 1.5 is not a whole number from 1 to 100", "TypeError DNS: search must be an array of domains"])

    def test_search_domains_and_servers(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: ['none.test', 'example.test'] });
show((await dns.resolve('sub')).map((x) => x.address));
await fails(new DNS({ servers: [server], search: [] }).resolve('sub'));
dns.setServers(['192.0.2.53', '127.0.0.1:5353', '::1', '[2001:db8::2]:54']); show(dns.getServers());
"""), ['["192.0.2.9"]', "EREFUSED queryA sub", '["192.0.2.53","127.0.0.1:5353","::1","[2001:db8::2]:54"]'])

    def test_lookup(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] });
show(await dns.lookup('one.test', 4)); show(await dns.lookup('one.test', 6)); show((await dns.lookup('one.test')).length);
show((await dns.lookup('localhost', 4))[0].address); show(await dns.lookup('::1')); await fails(dns.lookup('none.test'));
"""), ['[{"address":"192.0.2.1","family":4}]', '[{"address":"2001:db8::1","family":6}]', "2", '"127.0.0.1"', '[{"address":"::1","family":6}]', "ENOTFOUND getaddrinfo none.test"])

    def test_the_environment_changes_nothing(self):
        hosts = os.path.join(e2e.scratch(), "aliases")
        with open(hosts, "w", encoding="ascii") as file:
            file.write("sub one.test\n")
        env = {"LOCALDOMAIN": "example.test", "RES_OPTIONS": "timeout:1 ndots:0", "HOSTALIASES": hosts}
        # Only the machine's resolv.conf may give search domains; none of them has this name.
        self.assertEqual(self.lines("const dns = new DNS({ servers: [server], timeout: 500, tries: 1 }); try { show(await dns.resolve('sub')); } catch (e) { console.log(e.code !== undefined, process.env.LOCALDOMAIN); }", env=env), ["true example.test"])

    def test_a_callback_that_throws(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] });
onUncaughtException((e) => { console.log(e.message); dns.resolve('one.test', (error, records) => console.log(records[0].address)); });
dns.resolve('one.test', () => { throw new Error('thrown'); });
"""), ["thrown", "192.0.2.1"])

    def test_a_callback_that_closes_its_resolver(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] });
dns.resolve('one.test', () => { dns.close(); dns.close(); dns.resolve('one.test', (e) => console.log(e.code)); });
"""), ["EDESTRUCTION"])

    def test_shutdown_in_a_callback(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] }); setInterval(() => {}, 1000);
dns.resolve('one.test', () => { shutdown(); console.log('shut'); });
"""), ["shut"])

    def test_shutdown_leaves_what_was_asked_without_an_answer(self):
        self.assertEqual(self.lines("""
import { shutdown } from 'dv8:core';
const dns = new DNS({ servers: [server], search: [] });
dns.resolve('one.test').then(show); dns.lookup('two.test', 4, () => console.log('told')); shutdown(); console.log('shut');
"""), ["shut"])

    def test_many_at_once_and_dropped_resolvers(self):
        self.assertEqual(self.lines("""
const dns = new DNS({ servers: [server], search: [] });
const all = await Promise.all(Array.from({ length: 300 }, () => dns.resolve('one.test'))); show(all.every((r) => r[0].address === '192.0.2.1'));
const { readdirSync } = await import('node:fs'); const count = () => readdirSync('/proc/self/fd').length; const before = count();
for (let i = 0; i < 50; i++) await new DNS({ servers: [server], search: [] }).resolve('one.test');
const wait = () => new Promise((done) => setTimeout(done, 20));
await wait(); gc(); await wait(); gc(); await wait(); show(count() - before < 10);
""", options=["--v8-flags=--expose-gc"]), ["true", "true"])

    def test_resolvers_that_are_asked_after_they_closed_are_collected(self):
        self.assertEqual(self.lines("""
const wait = () => new Promise((done) => setTimeout(done, 10)); let answers = 0;
const round = async () => {
  let list = Array.from({ length: 4000 }, () => { const dns = new DNS({ servers: [server] }); dns.close(); return dns; });
  await wait(); for (const dns of list) dns.resolve('one.test', 'A', (error) => { if (error.code === 'EDESTRUCTION') answers++; });
  list = undefined; for (let i = 0; i < 6; i++) { await wait(); gc(); }
  return process.memoryUsage().heapUsed;
};
await round(); const before = await round(); const grown = Math.min(await round(), await round(), await round()) - before; show([answers, grown < 100 << 10 || grown]);
""", options=["--v8-flags=--expose-gc"]), ["[20000,true]"])

    def test_reverse_names_stay_out_of_the_search_domains(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(20)
            app = self.pack_source(
                "import { DNS } from 'dv8:dns'; const dns = new DNS({ servers: [process.argv[2]], search: ['corp.example'], tries: 1, timeout: 500 });"
                "await dns.reverse('10.0.0.1').catch((e) => console.log(e.code)); dns.close();", name="main.mjs")
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
        app = self.pack_source(
            "import { DNS } from 'dv8:dns'; const dns = new DNS(); console.log(dns.getServers().join(), (await dns.resolve('sub'))[0].address, (await dns.resolve('one.test', 'AAAA'))[0].address, (await dns.lookup('localhost', 4))[0].address);",
            name="main.mjs")
        e2e.write_tree(root, {"etc/resolv.conf": "nameserver 127.0.0.1\nsearch example.test\n"})
        shutil.copy(app, os.path.join(root, "app"))
        script = ("/sbin/ip link set lo up && { " + " ".join(f"'{a}'" for a in [*SERVER, "--port=53"]) + " 2>/dev/null & server=$!; } && "
                  "for i in $(seq 100); do nc -z 127.0.0.1 53 && break; sleep 0.05; done; chroot . /app; code=$?; kill $server; exit $code")
        result = e2e.run(e2e.namespace(["--net", "--mount"], ["bash", "-c", script]), cwd=root)
        self.assertEqual((result.code, result.out), (0, "127.0.0.1 192.0.2.9 2001:db8::1 127.0.0.1\n"), result)


if __name__ == "__main__":
    e2e.main()
