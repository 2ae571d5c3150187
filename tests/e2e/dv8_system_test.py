#!/usr/bin/env python3
"""dv8's fs, posix and shmem."""

import os
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class SystemTest(e2e.TestCase):
    def test_flags_are_the_systems(self):
        names = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "O_EXCL", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "O_DIRECTORY", "O_NOFOLLOW", "O_SYNC", "O_DSYNC"]
        app = self.pack_source(f"import * as fs from 'dv8:fs'; console.log(...{names}.map((name) => fs[name]));", name="main.mjs")
        self.assertEqual(e2e.run([app]).out.split(), [str(getattr(os, name)) for name in names])

    def lines(self, source, *args, options=(), code=0):
        result = e2e.run([self.pack_source(source, *options), *args], cwd=e2e.scratch())
        self.assertEqual(result.code, code, result)
        return result.out.splitlines()

    def test_file(self):
        self.assertEqual(self.lines("""
const { File, O_CREAT, O_RDWR, O_RDONLY, O_TRUNC, O_APPEND, O_WRONLY } = library('fs', {});
const f = new File(); const b = Buffer.alloc(16);
console.log(f.read(0), f.write(0), f.close(), f.open('none.txt'), f.open('.', O_WRONLY));
f.setup(b, b);
console.log(f.open('a.txt', O_CREAT | O_RDWR | O_TRUNC) > 2, b.write('0123456789abcdef'), f.write(16), f.write(4, 2), f.read(16, 8), f.read(16), f.read(4, 100));
console.log(f.close(), f.close(), f.open('a.txt', O_RDONLY) > 2, f.read(8), b.read(0, 8), f.read(16), b.read(0, 8), f.read(16), f.write(1));
console.log(f.open('a.txt', O_APPEND | O_WRONLY) > 2, f.write(3), require('node:fs').readFileSync('a.txt', 'utf8'), (require('node:fs').statSync('a.txt').mode & 0o777).toString(8));
f.close();
for (const t of [() => f.read(17), () => f.write(17), () => f.read(-1), () => f.read(1, -2), () => f.open(''), () => f.open('a\\0b'), () => f.open('a.txt', 'r'), () => f.setup(1)]) try { t(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }
"""), ["-9 -9 -9 -2 -21", "true 16 16 4 8 16 0", "0 -9 true 8 01012367 16 01012367 16 -9",
        "true 3 0101236789abcdef010 644",
        "RangeError read: length 17 at offset 0 is outside the buffer of 16 bytes",
        "RangeError write: length 17 at offset 0 is outside the buffer of 16 bytes",
        "RangeError read: length -1 at offset 0 is outside the buffer of 16 bytes",
        "RangeError read: -2 is no place in a file",
        "TypeError open: the path must be a string without NUL",
        "TypeError open: the path must be a string without NUL",
        "RangeError open: flags r is not a whole number from 0 to 2147483647",
        "TypeError setup: the read buffer must be a Buffer with memory, an ArrayBuffer or a typed array"])

    def test_a_new_file_has_mode_666(self):
        folder = e2e.scratch()
        app = self.pack_source("const { File, O_CREAT, O_WRONLY } = library('fs', {}); const f = new File(); console.log(f.open('new', O_CREAT | O_WRONLY) > 2, f.close());")
        self.assertEqual(e2e.run(["bash", "-c", 'umask 0; exec "$0"', app], cwd=folder).out, "true 0\n")
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, "new")).st_mode), 0o666)

    def test_a_dropped_file_is_closed(self):
        self.assertEqual(self.lines("""
const { File } = library('fs', {}); const { readdirSync } = require('node:fs'); const open = () => readdirSync('/proc/self/fd').length;
const kept = new File(); kept.open('/dev/null'); const before = open(); let turns = 0;
for (let i = 0; i < 100; i++) new File().open('/dev/null');
console.log(open() - before);
const wait = () => { gc(); if (open() > before + 10 && turns++ < 100) setTimeout(wait, 10); else console.log(open() <= before + 10, kept.close()); };
setTimeout(wait, 1);
""", options=["--v8-flags=--expose-gc"]), ["100", "true 0"])

    def test_file_system(self):
        self.assertEqual(self.lines("""
const { File, FileSystem, O_CREAT, O_RDWR } = library('fs', {}); const node = require('node:fs');
const s = new FileSystem();
console.log(FileSystem.mkdir('d'), s.mkdir('d'), FileSystem.mkdir('d/e', 0o700), (node.statSync('d/e').mode & 0o777).toString(8));
node.writeFileSync('d/a', 'x'.repeat(100000));
console.log(FileSystem.rename('d/a', 'd/b'), s.rename('d/a', 'd/b'), FileSystem.copy('d/b', 'd/c'), node.readFileSync('d/c', 'utf8') === 'x'.repeat(100000), FileSystem.copy('d/none', 'd/z'), FileSystem.copy('d/b', 'no/where'), node.existsSync('d/z'));
const f = new File(); const fd = f.open('d/c', O_RDWR); const n = new BigInt64Array(13);
console.log(FileSystem.fstat(fd, n), n[7], n[6] === BigInt(node.statSync('d/c').ino), Number(n[1] & 0o170000n) === 0o100000, Number(n[11] / 1000000n) === Math.trunc(node.statSync('d/c').mtimeMs));
console.log(FileSystem.ftruncate(fd, 10), node.statSync('d/c').size, FileSystem.fsync(fd), FileSystem.fsync(99), FileSystem.ftruncate(99, 1), FileSystem.fstat(99, n));
const out = new File(); const to = out.open('d/sent', O_CREAT | O_RDWR); node.writeFileSync('d/c', '0123456789');
console.log(FileSystem.sendfile(to, fd, 4, 3), s.sendfile(to, fd, 100, 5), FileSystem.sendfile(to, 99, 1), node.readFileSync('d/sent', 'utf8'));
console.log(FileSystem.unlink('d/b'), FileSystem.unlink('d/b'), node.readdirSync('d').join());
for (const t of [() => FileSystem.fstat(fd, new BigInt64Array(12)), () => FileSystem.fsync(-1), () => FileSystem.ftruncate(fd, -2), () => FileSystem.sendfile(to, fd, -1), () => FileSystem.unlink(5), () => FileSystem.fsync(2 ** 40), () => FileSystem.mkdir('m', '0700'), () => FileSystem.copy('d/c', 5)]) try { t(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }
"""), ["0 -17 0 700", "0 -2 100000 true -2 -2 false", "0 100000n true true true", "0 10 0 -9 -9 -9", "4 5 -9 345656789", "0 -2 c,e,sent",
        "RangeError fstat: the array has 12 elements; 13 are needed",
        "RangeError fsync: -1 is no descriptor",
        "RangeError ftruncate: -2 is no place in a file",
        "RangeError sendfile: -1 is no count of bytes",
        "TypeError unlink: the path must be a string without NUL",
        "RangeError fsync: 1099511627776 is no descriptor",
        "RangeError mkdir: mode 0700 is not a whole number from 0 to 4095",
        "TypeError copy: the path must be a string without NUL"])

    def test_copy_of_what_is_no_other_file(self):
        self.assertEqual(self.lines("""
const { FileSystem } = library('fs', {}); const node = require('node:fs'); const text = (path) => node.readFileSync(path, 'utf8');
node.writeFileSync('a', 'precious'); node.symlinkSync('a', 'link'); node.mkdirSync('d');
console.log(FileSystem.copy('a', 'a'), FileSystem.copy('link', 'a'), FileSystem.copy('a', 'link'), text('a'));
console.log(FileSystem.copy('d', 'b'), node.existsSync('b'), FileSystem.copy('a', 'd'));
node.writeFileSync('longer', 'x'.repeat(100)); console.log(FileSystem.copy('a', 'longer'), text('longer'), FileSystem.copy('a', '/dev/null'));
console.log(FileSystem.copy('/proc/version', 'v') === text('/proc/version').length, text('v') === text('/proc/version'));
"""), ["-22 -22 -22 precious", "-21 false -21", "8 precious 8", "true true"])

    def test_nothing_stays_open_in_a_snapshot(self):
        for source, message in (
            ("const { File } = library('fs', {}); new File().open('/etc/passwd');", "was opened here"),
            ("const { Queue } = library('posix', {}); const q = new Queue(); q.setup(new Uint8Array(8)); q.open('/dv8-never');", "A message queue cannot be opened while the snapshot is made"),
            ("const { SharedMemory } = library('shmem', {}); new SharedMemory('/dv8-never', 8);", "Shared memory cannot be opened while the snapshot is made"),
        ):
            folder = e2e.scratch()
            e2e.write_tree(folder, {"main.js": source + " dv8.main(() => {});"})
            result = e2e.run([e2e.dv8pack(), "--snapshot=app", "main.js", "-o", "app"], cwd=folder, timeout=120)
            self.assertEqual(result.code, 1, result)
            self.assertIn(message, result.err)

    def test_modes_of_a_queue(self):
        self.assertEqual(self.lines("const { CONSUMER, PRODUCER } = library('posix', {}); console.log(CONSUMER, PRODUCER);"), ["0 1"])

    def test_queue_between_processes(self):
        source = """
const { Queue, CONSUMER, PRODUCER, O_NONBLOCK } = library('posix', {});
const q = new Queue(); const b = new Buffer(); b.alloc(128); q.setup(b);
if (args[3] === 'send') {
  q.open(args[2], PRODUCER);
  for (let i = 0; i < 100; i++) { b.write('message ' + String(i).padStart(3, '0')); const rc = q.send(11, 0); if (rc !== 11) console.log(rc); }
  q.close();
} else {
  console.log(q.open(args[2], CONSUMER) > 0);
  let good = 0;
  for (let i = 0; i < 100; i++) if (q.recv(128) === 11 && b.read(0, 11) === 'message ' + String(i).padStart(3, '0')) good++;
  console.log(good, q.unlink(), q.close(), q.close());
}
"""
        app = self.pack_source(source)
        name = f"/dv8-test-{os.getpid()}"
        consumer = subprocess.Popen([app, name, "recv"], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(consumer.kill)
        self.assertEqual(consumer.stdout.readline(), b"true\n")
        self.assert_runs([app, name, "send"], out="")
        out, _ = consumer.communicate(timeout=20)
        self.assertEqual(out, b"100 0 0 -9\n")

    def test_queue_rules(self):
        self.assertEqual(self.lines("""
const { Queue, CONSUMER, PRODUCER, O_NONBLOCK } = library('posix', {});
const name = '/dv8-rules-' + process.pid; const make = (mode, size = 64) => { const q = new Queue(); q.memory = new Uint8Array(size); q.setup(q.memory); q.rc = q.open(name, mode, O_NONBLOCK); return q; };
const p = make(PRODUCER), c = make(CONSUMER), big = make(PRODUCER, 100), small = make(CONSUMER, 10);
console.log(c.recv(64), c.size(), big.send(100), c.send(1), p.recv(64));
p.memory[0] = 1; p.send(1); p.memory[0] = 2; p.send(1, 9); console.log(c.size(), small.recv(10), c.recv(64), c.memory[0], c.recv(64), c.memory[0]);
let n = 0; while (p.send(1) === 1) n++; console.log(n, p.send(1));
console.log(new Queue().recv(0), new Queue().size(), p.unlink(), p.unlink());
for (const t of [() => new Queue().open('/x'), () => p.open('/x', 2), () => p.send(65), () => p.recv(65), () => p.send(1, -1), () => p.setup('x'), () => p.open('/x', CONSUMER, 1), () => p.open('/x\\0y'), () => new Queue().unlink()]) try { t(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }
const q = new Queue(); q.setup(new Uint8Array(8)); console.log(q.open('no-slash', CONSUMER), q.open('/a/b', CONSUMER));
"""), ["-11 0 -90 -9 -9", "2 -90 1 2 1 1", "10 -11", "-9 -9 0 -2",
        "RangeError open: the queue has no memory; setup(buffer) gives it some",
        "RangeError open: mode 2 is neither CONSUMER (0) nor PRODUCER (1)",
        "RangeError send: length 65 at offset 0 is outside the buffer of 64 bytes",
        "RangeError recv: length 65 at offset 0 is outside the buffer of 64 bytes",
        "RangeError send: priority -1 is not from 0 to 32767",
        "TypeError setup: the buffer must be a Buffer with memory, an ArrayBuffer or a typed array",
        "RangeError open: flags 1 are neither 0 nor O_NONBLOCK (2048)",
        "TypeError open: the name must be a string without NUL",
        "TypeError unlink: the name must be a string without NUL",
        "-22 -13"])

    def test_dropped_queues_are_closed(self):
        self.assertEqual(self.lines("""
const { Queue } = library('posix', {}); const count = () => require('node:fs').readdirSync('/proc/self/fd').length; const name = '/dv8-drop-' + process.pid;
count(); const before = count();
for (let i = 0; i < 100; i++) { const q = new Queue(); q.setup(new Uint8Array(8)); q.open(name); if (i === 99) q.unlink(); }
const most = count(); setTimeout(() => { gc(); setTimeout(() => { gc(); console.log(most - before, count() - before < 10); }, 20); }, 1);
""", options=["--v8-flags=--expose-gc"]), ["100 true"])

    def test_shared_memory_between_processes(self):
        app = self.pack_source("""
const { SharedMemory } = library('shmem', {});
const m = new SharedMemory(args[2], 1 << 20); const n = new Int32Array(m.bytes);
for (let i = 0; i < 100000; i++) Atomics.add(n, 100, 1);
Atomics.add(n, 0, 1);
console.log(m.bytes instanceof SharedArrayBuffer, m.size);
""")
        name = f"/dv8-test-{os.getpid()}"
        self.addCleanup(lambda: os.path.exists(f"/dev/shm{name}") and os.unlink(f"/dev/shm{name}"))
        processes = [subprocess.Popen([app, name], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV) for _ in range(4)]
        for process in processes:
            self.assertEqual(process.communicate(timeout=30)[0], b"true 1048576\n")
        out = self.lines("const { SharedMemory } = library('shmem', {}); const n = new Int32Array(new SharedMemory(args[2]).bytes); console.log(n[0], n[100], SharedMemory.unlink(args[2]), SharedMemory.unlink(args[2]));", name)
        self.assertEqual(out, ["4 400000 0 -2"])

    def test_shared_memory_rules(self):
        self.assertEqual(self.lines("""
const { SharedMemory } = library('shmem', {}); const name = '/dv8-rules-' + process.pid;
const fail = (f) => { try { f(); console.log('no error'); } catch (e) { console.log(e.code ?? e.name, e.message.replace(name, 'NAME')); } };
fail(() => new SharedMemory(name));
const a = new SharedMemory(name, 100, true);
fail(() => new SharedMemory(name, 100, true));
console.log(a.size, new SharedMemory(name, 50).size, new SharedMemory(name).size, new SharedMemory(name, 200).size, new SharedMemory(name).size);
for (const size of [0, -1, 1.5, 2 ** 47]) fail(() => new SharedMemory(name, size));
for (const bad of ['x', '/', '/a/b', 5]) fail(() => new SharedMemory(bad, 1));
fail(() => new SharedMemory(name + 'big', 2 ** 46));
console.log(SharedMemory.unlink(name + 'big')); // What failed leaves no name.
SharedMemory.unlink(name);
new Uint8Array(a.bytes)[99] = 7; console.log(new Uint8Array(a.bytes)[99]);
const maps = () => require('node:fs').readFileSync('/proc/self/maps', 'utf8').split(name).length - 1;
for (let i = 0; i < 50; i++) new SharedMemory(name, 4096);
const most = maps(); SharedMemory.unlink(name);
setTimeout(() => { gc(); setTimeout(() => { gc(); console.log(most >= 50, maps() < 10); }, 20); }, 1);
""", options=["--v8-flags=--expose-gc"]), [
            "ENOENT ENOENT: no such file or directory, shm_open 'NAME'",
            "EEXIST EEXIST: file already exists, shm_open 'NAME'",
            "100 50 100 200 200",
            "RangeError SharedMemory: size 0 is not a whole number of bytes from 1 to 140737488355327",
            "RangeError SharedMemory: size -1 is not a whole number of bytes from 1 to 140737488355327",
            "RangeError SharedMemory: size 1.5 is not a whole number of bytes from 1 to 140737488355327",
            "RangeError SharedMemory: size 140737488355328 is not a whole number of bytes from 1 to 140737488355327",
            'TypeError SharedMemory: the name must be a slash and 1 to 250 other characters, not "x"',
            'TypeError SharedMemory: the name must be a slash and 1 to 250 other characters, not "/"',
            'TypeError SharedMemory: the name must be a slash and 1 to 250 other characters, not "/a/b"',
            "TypeError SharedMemory: the name must be a slash and 1 to 250 other characters, not 5",
            "ENOSPC ENOSPC: no space left on device, shm_open 'NAMEbig'", "-2",
            "7", "true true"])


if __name__ == "__main__":
    e2e.main()
