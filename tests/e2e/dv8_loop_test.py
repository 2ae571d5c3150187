#!/usr/bin/env python3
"""dv8's timer, os, process and loop."""

import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class LoopTest(e2e.TestCase):
    def lines(self, source, *options, code=0):
        result = e2e.run([self.pack_source(source, *options)])
        self.assertEqual(result.code, code, result)
        return result.out.splitlines()

    def test_timer(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const t = new Timer(); let n = 0;"
            "console.log(t.again(), t.start(() => { console.log('tick', ++n); if (n === 3) { t.stop(); console.log(t.again()); setTimeout(() => { t.stop(); console.log(t.close(), t.start(() => {}, 1), t.stop(), t.again()); t.close(); }, 5); } }, 1, 1000000));"
            "setTimeout(() => { t.start(() => { console.log('new', ++n); if (n === 3) t.stop(); }, 1, 1); }, 30);"
        ), ["-22 0", "tick 1", "new 2", "new 3"])

    def test_timer_in_its_own_callback(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const t = new Timer(); t.start(() => { t.close(); t.close(); console.log(t.start(() => {}, 1), t.stop(), t.again()); }, 1, 1);"
            "const u = new Timer(); u.start(() => console.log('never'), 100000); u.unref();"
        ), ["-9 -9 -9"])

    def test_again_begins_the_repeat(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const t = new Timer(); t.start(() => { console.log('fired'); t.stop(); }, 1000000, 1); console.log(t.again());"
        ), ["0", "fired"])

    def test_a_timer_that_is_stopped_does_not_fire(self):
        self.assertEqual(self.lines("const { Timer } = library('timer', {}); const t = new Timer(); t.start(() => console.log('never'), 20, 20); console.log(t.stop());"), ["0"])

    def test_a_timer_whose_callback_throws_goes_on(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const t = new Timer(); let n = 0; onUncaughtException((e) => console.log(e.message));"
            "t.start(() => { if (++n === 3) t.stop(); throw new Error('no ' + n); }, 1, 1);"
        ), ["no 1", "no 2", "no 3"])

    def test_shutdown_in_a_timers_callback(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const t = new Timer(); setInterval(() => {}, 1000);"
            "t.start(() => { shutdown(); shutdown(); console.log('shut', t.stop()); }, 1, 1);"
        ), ["shut -9"])

    def test_timer_checks_its_arguments(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const t = new Timer();"
            "for (const a of [[], [() => {}], [() => {}, -1], [() => {}, NaN], [() => {}, 1, -1], [5, 1]]) try { t.start(...a); console.log('no error'); } catch (e) { console.log(e.name, e.message); }"
        ), ["TypeError start: a callback is needed",
            "RangeError start: the delay undefined is not a number of milliseconds from 0",
            "RangeError start: the delay -1 is not a number of milliseconds from 0",
            "RangeError start: the delay NaN is not a number of milliseconds from 0",
            "RangeError start: the repeat -1 is not a number of milliseconds from 0",
            "TypeError start: the callback must be a function"])

    def test_dropped_timers_are_collected_and_running_ones_are_not(self):
        self.assertEqual(self.lines(
            "const { Timer } = library('timer', {}); const { EventLoop } = library('loop', {}); const loop = new EventLoop(); const bytes = new Uint8Array(1);"
            "new Timer().start(() => console.log('runs'), 1000); for (let i = 0; i < 1000; i++) new Timer();"
            "const before = loop.listHandles(bytes); setTimeout(() => { gc(); setTimeout(() => { gc(); setTimeout(() => console.log(before - loop.listHandles(bytes) >= 900), 5); }, 5); }, 5);",
            "--v8-flags=--expose-gc"), ["true", "runs"])

    def test_signals(self):
        app = self.pack_source(
            "const { OS } = module('os', {}); const a = new OS(); let n = 0;"
            "a.onSignal(() => console.log('first')); a.onSignal((s) => { console.log('got', s); return ++n === 2 ? 1 : 0; });"
            "const b = new OS(); console.log(b.onSignal(() => 1, 10), b.onSignal(() => {}, 9));"
            "for (const f of [() => b.onSignal(() => {}, 0), () => b.onSignal(() => {}, 1.5), () => b.onSignal()]) try { f(); } catch (e) { console.log(e.message); } b.close(); b.close(); console.log('ready');"
        )
        process = subprocess.Popen([app], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.kill)
        head = [process.stdout.readline().decode().strip() for _ in range(5)]
        self.assertEqual(head, ["0 -22", "onSignal: 0 is no signal's number", "onSignal: 1.5 is no signal's number", "onSignal: a callback is needed", "ready"])
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.stdout.readline(), b"got 15\n")
        self.assertEqual(process.wait(20), 0)
        process.stdout.close()

    def test_a_signals_callback_may_close_its_watch(self):
        self.assertEqual(self.lines(
            "const { OS } = module('os', {}); const os = new OS();"
            "os.onSignal((n) => { os.close(); os.close(); console.log(n, os.onSignal(() => {}, 10)); }, 10); process.kill(process.pid, 10);"
        ), ["10 -9"])

    def test_a_signals_callback_that_throws(self):
        self.assertEqual(self.lines(
            "const { OS } = module('os', {}); const os = new OS(); let n = 0; onUncaughtException((e) => console.log(e.message));"
            "os.onSignal(() => { if (++n === 1) process.kill(process.pid, 10); else os.close(); throw new Error('no ' + n); }, 10); process.kill(process.pid, 10);"
        ), ["no 1", "no 2"])

    def test_shutdown_in_a_signals_callback(self):
        self.assertEqual(self.lines(
            "const { OS } = module('os', {}); const os = new OS(); setInterval(() => {}, 1000);"
            "os.onSignal(() => { shutdown(); console.log('shut'); }, 10); process.kill(process.pid, 10);"
        ), ["shut"])

    def test_dropped_watches_are_collected(self):
        self.assertEqual(self.lines(
            "const { OS } = library('os', {}); const { EventLoop } = library('loop', {}); const loop = new EventLoop(); const bytes = new Uint8Array(1);"
            "for (let i = 0; i < 100; i++) new OS().onSignal(() => 1, 10); process.kill(process.pid, 10);"
            "const before = loop.listHandles(bytes); setTimeout(() => { gc(); setTimeout(() => { gc(); setTimeout(() => console.log(before - loop.listHandles(bytes) >= 90), 5); }, 5); }, 20);",
            "--v8-flags=--expose-gc"), ["true"])

    def test_one_os_watches_several_signals(self):
        self.assertEqual(self.lines(
            "const { OS } = module('os', {}); const os = new OS(); let n = 0;"
            "console.log(os.onSignal(() => console.log('first'), 10), os.onSignal((s) => { console.log('last', s); return 1; }, 12), os.onSignal(() => {}, 9));"
            "process.kill(process.pid, 10); setTimeout(() => process.kill(process.pid, 12), 5);"
        ), ["0 0 -22", "last 10", "last 12"])

    def test_process(self):
        app = self.pack_source("""
const { Process } = module('process', {});
const p = new Process();
const m = new Float64Array(14);
p.memoryUsage(m);
console.log(p.pid() === process.pid, m[0] > 1e6, m[2] > 0 && m[2] <= m[1] && m[1] < m[5], m[8] >= 1, m[12] > 0, m[3] === m[13]);
const mine = new Float64Array(4);
const spaces = p.heapUsage(mine);
console.log(Object.values(spaces)[0] === mine, spaces.old_space.length, spaces.old_space[2] >= spaces.old_space[3]);
const cpu = new Float64Array(2);
for (let i = 0; i < 3e7; i++) cpu[0] += i;
p.cpuUsage(cpu);
console.log(cpu[0] > 1000, cpu[1] >= 0);
const t = new BigUint64Array(1), u = new BigInt64Array(1);
p.hrtime(t); p.sleep(0.01); p.usleep(10000); p.hrtime(u);
console.log(u[0] - BigInt.asIntN(64, t[0]) >= 20000000n, p.cwd() === process.cwd());
let ran = false; Promise.resolve().then(() => { ran = true; }); p.runMicroTasks(); console.log(ran);
for (const f of [() => p.memoryUsage(new Float64Array(13)), () => p.memoryUsage([]), () => p.cpuUsage(new Float64Array(1)), () => p.hrtime(new BigInt64Array(0)), () => p.hrtime([]), () => p.sleep(-1), () => p.heapUsage(new Float64Array(1))])
  try { f(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }
const g = new Float64Array(14); memoryUsage(g); console.log(g[0] > 0);
""")
        self.assertEqual(e2e.run([app]).out.splitlines(), [
            "true true true true true true", "true 4 true", "true true", "true true", "true",
            "RangeError memoryUsage: the array has 13 elements; 14 are needed",
            "TypeError memoryUsage: the array must be a Float64Array",
            "RangeError cpuUsage: the array has 1 elements; 2 are needed",
            "RangeError hrtime: the array has 0 elements; 1 is needed",
            "TypeError hrtime: the array must be a BigInt64Array or a BigUint64Array",
            "RangeError sleep: -1 is no duration from 0",
            "RangeError heapUsage: an array has 1 elements; 4 are needed",
            "true"])

    def test_each_slot_of_the_memory_usage(self):
        self.assertEqual(self.lines("""
const { Process } = module('process', {}); const { getHeapStatistics } = require('node:v8');
const m = new Float64Array(14), p = new Process(); p.memoryUsage(m); getHeapStatistics(); // Compiled now: what follows changes little.
p.memoryUsage(m.fill(-1)); const h = getHeapStatistics();
const near = (slot, number) => Math.abs(m[slot] - number) <= number / 2;
console.log(near(0, process.memoryUsage().rss), near(1, h.total_heap_size), near(2, h.used_heap_size), m[3] === h.external_memory, m[4] === Number(h.does_zap_garbage));
console.log(m[5] === h.heap_size_limit, near(6, h.malloced_memory), m[7] === h.number_of_detached_contexts, m[8] === h.number_of_native_contexts, near(9, h.peak_malloced_memory));
console.log(near(10, h.total_available_size), near(11, h.total_heap_size_executable), near(12, h.total_physical_size), m[13] === h.external_memory);
"""), ["true true true true true", "true true true true true", "true true true true"])

    def test_cpu_usage_is_in_microseconds_of_user_and_system(self):
        self.assertEqual(self.lines("""
const { Process } = module('process', {}); const { readFileSync } = require('node:fs');
const end = performance.now() + 400; while (performance.now() < end) for (let i = 0; i < 5000; i++) if (Math.sin(i) > 1 || i === 0) readFileSync('/proc/self/status');
const c = new Float64Array(2), p = new Process();
const before = process.cpuUsage(); p.cpuUsage(c); const after = process.cpuUsage();
console.log(0 < before.user && before.user <= c[0] && c[0] <= after.user, 0 < before.system && before.system <= c[1] && c[1] <= after.system);
"""), ["true true"])

    def test_run_once_waits_for_something(self):
        # One turn that does not wait takes microseconds: 1000 of them do not reach the timer.
        self.assertEqual(self.lines("""
const { EventLoop, UV_RUN_NOWAIT, UV_RUN_ONCE } = library('loop', {}); const { Timer } = library('timer', {});
const loop = new EventLoop(), t = new Timer(); let fired = false, turns = 0; t.start(() => { fired = true; }, 100);
loop.run(UV_RUN_NOWAIT); console.log(fired); while (!fired && turns < 1000) { turns++; loop.run(UV_RUN_ONCE); } console.log(fired, turns < 1000);
"""), ["false", "true true"])

    def test_what_the_loop_calls_may_throw(self):
        self.assertEqual(self.lines(
            "const { EventLoop } = library('loop', {}); const loop = new EventLoop(); let n = 0; onUncaughtException((e) => console.log(e.message));"
            "loop.onIdle(() => { if (++n === 2) loop.onIdle(); throw new Error('no ' + n); });"
        ), ["no 1", "no 2"])

    def test_shutdown_in_what_the_loop_calls(self):
        self.assertEqual(self.lines(
            "const { EventLoop } = library('loop', {}); const loop = new EventLoop(); loop.onIdle(() => {}); setInterval(() => {}, 1000);"
            "loop.onCheck(() => { shutdown(); console.log('shut'); });"
        ), ["shut"])

    def test_loop(self):
        self.assertEqual(self.lines("""
const { EventLoop, UV_RUN_DEFAULT, UV_RUN_ONCE, UV_RUN_NOWAIT } = library('loop', {});
const { Timer } = library('timer', {});
const loop = new EventLoop();
console.log(UV_RUN_DEFAULT, UV_RUN_ONCE, UV_RUN_NOWAIT, loop.isAlive());
const t = new Timer(); const order = [];
loop.onIdle(() => { order.push('idle'); loop.onIdle(); });
loop.onPrepare(() => order.push('prepare')); loop.onCheck(() => order.push('check'));
t.start(() => { order.push('timer'); Promise.resolve().then(() => order.push('microtask')); loop.onPrepare(); loop.onCheck(); }, 30);
console.log(loop.isAlive(), loop.listHandles(new ArrayBuffer(0)) >= 4);
console.log(loop.run(), order[0], order.includes('check'), order.includes('microtask'), order.indexOf('prepare') < order.indexOf('check'), loop.isAlive());
t.start(() => { try { loop.run(); } catch (e) { console.log(e.code, e.message); } loop.stop(); }, 1, 1);
console.log(loop.run() > 0, loop.isAlive());
loop.onIdle(() => {}); loop.unref(); loop.ref(); loop.reset();
const list = new Uint8Array(1024); const n = loop.listHandles(list); console.log(n >= 2 && Buffer.from(list).toString('latin1').includes('\\x01\\x05timer'));
try { loop.run(9); } catch (e) { console.log(e.message); }
loop.close(); require('node:fs').writeSync(1, `${loop.run()} ${t.start(() => {}, 1)}\n`);
"""), ["0 1 2 false", "true true", "0 idle true true true false", "EBUSY run: the loop runs already", "true true", "true", "run: there is no mode 9", "0 -9"])

    def test_what_the_loop_itself_calls(self):
        head = "const { EventLoop } = library('loop', {}); const loop = new EventLoop(); let n = 0;"
        self.assertEqual(self.lines(head + "loop.onIdle(() => {}); loop.onPrepare(() => { if (++n === 3) { loop.onPrepare(); loop.onIdle(); } }); onExit(() => console.log(n));"), ["3"])
        self.assertEqual(self.lines(head + "loop.onIdle(() => n++); loop.unref(); onExit(() => console.log(n < 2));"), ["true"])
        self.assertEqual(self.lines(head + "loop.onIdle(() => { if (++n === 5) loop.onIdle(); }); loop.unref(); loop.ref(); onExit(() => console.log(n));"), ["5"])
        self.assertEqual(self.lines(
            head + "let after; loop.onIdle(() => n++); loop.onPrepare(() => n++); loop.onCheck(() => n++);"
            "setTimeout(() => { loop.reset(); after = n; setTimeout(() => console.log(after > 0, n === after), 20); }, 10);"
        ), ["true true"])

    def test_nothing_opens_while_the_snapshot_is_made(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"main.js": "const { Timer } = require('dv8:timer'); new Timer(); dv8.main(() => {});"})
        result = e2e.run([e2e.dv8pack(), "--snapshot=app", "main.js", "-o", "app"], cwd=folder)
        self.assertEqual(result.code, 1)
        self.assertIn("A handle cannot be opened while the snapshot is made", result.err)


if __name__ == "__main__":
    e2e.main()
