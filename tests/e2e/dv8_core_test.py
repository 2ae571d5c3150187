#!/usr/bin/env python3
"""dv8's globals: in a default program, and alone with --env=core."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

# dv8's README, in its order.
README_GLOBALS = """
Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error
EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math console ArrayBuffer Uint8Array Int8Array
Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array
DataView Map Set WeakMap WeakSet Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
eval isFinite isNaN version print module require shutdown gc SharedArrayBuffer Atomics BigInt globalThis WebAssembly
global Buffer
""".split()

# Every module of dv8's, and something of it.
MODULES = {
    "assets": "list", "debugger": "url", "dns": "DNS", "fs": "FileSystem", "httpParser": "HTTPParser", "libz": "ZLib",
    "loop": "EventLoop", "openssl": "Hash", "os": "OS", "picoHttpParser": "PicoHTTPParser", "posix": "Queue",
    "process": "Process", "shmem": "SharedMemory", "socket": "Socket", "thread": "Thread", "timer": "Timer", "tty": "TTY",
    "udp": "UDP", "unicode": "normalize",
}


class CoreTest(e2e.TestCase):
    def output(self, source, options=(), code=0, args=(), name="main.js"):
        app = self.pack_source(source, *options, name=name)
        result = e2e.run([app, *args])
        self.assertEqual(result.code, code, result)
        return result

    def files(self, files):
        folder = e2e.scratch()
        e2e.write_tree(folder, files)
        return folder

    def both(self, source, **kwargs):
        """The output, which has to be the same in both environments."""
        default = self.output(source, **kwargs).out
        self.assertEqual(self.output(source, options=["--env=core"], **kwargs).out, default)
        return default

    def test_core_has_the_globals_of_the_readme_and_no_others(self):
        for options in (["--env=core"], ["--env=core", "--snapshot=none"]):
            out = self.output("console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)));", options).out
            self.assertEqual(sorted(json.loads(out)), sorted(README_GLOBALS))

    def test_core_keeps_what_the_program_names(self):
        out = self.output(
            "setTimeout(() => console.log(new Intl.NumberFormat('en').format(1234), typeof env, typeof URL), 1);"
            "console.log(Object.getOwnPropertyNames(globalThis).filter((n) => /^(set|Intl|env|URL|clear)/.test(n)).sort().join());",
            ["--env=core"],
        ).out
        self.assertEqual(out, "Intl,URL,env,setTimeout\n1,234 function function\n")

    def test_the_manifest_has_the_globals_that_only_nodes_library_has(self):
        with open(os.path.join(e2e.dist(), "share", "dv8pack", "stdlib", "manifest.json"), encoding="utf-8") as file:
            listed = json.load(file)["nodeGlobals"]
        source = "console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)));"
        small, node = (set(json.loads(self.output(start + source).out)) for start in ("", "require('node:fs');"))
        self.assertEqual(sorted(node - small), sorted(listed))

    def test_the_library_does_without_the_globals_it_took(self):
        source = "const e = new Error('no', {cause: [new Map([[1, {a: new Set([2])}]])]}); console.log({e: e.cause}); throw e;"
        self.assertIn("Error: no", self.output(source, ["--env=core"], code=1).err)

    def test_memory_usage_and_shutdown(self):
        self.assertEqual(self.both("const counts = new Float64Array(14); memoryUsage(counts); console.log(counts[0] > 1e6, counts[2] > 1e4, counts[2] < counts[0]);"), "true true true\n")
        self.assertEqual(self.both("const { Timer } = module('timer', {}); new Timer().start(() => console.log('never'), 100000); console.log('before'); shutdown();"), "before\n")

    def test_modules_function_can_be_imported(self):
        self.assertEqual(self.output("const core = require('dv8:core'); const { Timer } = core.module('timer', {}); console.log(typeof Timer, core.module('none'), typeof library('timer').Timer);").out,
                         "function undefined function\n")

    def test_version(self):
        self.assertRegex(self.both("console.log(version());"), r"^1[13]\.\d+\.\d+\.\d+\n$")

    def test_print_writes_each_value_on_a_line_to_stderr(self):
        for options in ([], ["--env=core"]):
            result = self.output("print('a', 1, [2, 3]); print();", options)
            self.assertEqual((result.out, result.err), ("", "a\n1\n2,3\n"))

    def test_args_and_env(self):
        out = self.both("console.log(args.length, args[1], args[2]); console.log(env().includes('TZ=UTC'), env().length > 0);", args=["x y"])
        self.assertEqual(out, "3 /app/main.js x y\nfalse true\n")

    def test_env_holds_the_environment(self):
        for options in ([], ["--env=core"]):
            app = self.pack_source("console.log(env().includes('SOME_NAME=a=b'), env().every((text) => typeof text === 'string' && text.includes('=')));", *options)
            self.assertEqual(e2e.run([app], env={"SOME_NAME": "a=b"}).out, "true true\n")

    def test_global_is_the_global_object(self):
        self.assertEqual(self.both("global.mine = 1; console.log(global === globalThis, mine);"), "true 1\n")

    def test_timers_and_process_of_the_later_vintage(self):
        out = self.both(
            "clearTimeout(setTimeout(() => console.log('never'), 1)); let n = 0;"
            "const i = setInterval(() => { console.log('tick', ++n); if (n === 2) clearInterval(i); }, 1);"
            "console.log(process.pid > 0, process.argv.length === args.length);"
        )
        self.assertEqual(out, "true true\ntick 1\ntick 2\n")

    def test_module_and_library(self):
        out = self.both(
            "const a = {}; console.log(module('assets', a) === a, typeof a.list);"
            "const b = library('assets'); console.log(b.list().length);"
            "console.log(module('nothing', {}), library('nothing', {}));"
            "module.exports = 5; console.log(typeof module, module.exports);"
        )
        self.assertEqual(out, "true function\n0\nundefined null\nfunction 5\n")

    def test_the_folder_of_a_library_has_no_meaning(self):
        self.assertEqual(self.both("console.log(typeof library('assets', {}, '/nowhere').list);"), "function\n")

    def test_every_module_is_had_in_every_way(self):
        # A program a way: each has to tell the packer which modules it wants.
        expected = "".join(f"{name} function\n" for name in MODULES)
        for way in ("module('%s', {})", "library('%s', {})", "require('%s')"):
            source = "".join(f"console.log('{name}', typeof {way % name}.{wanted});" for name, wanted in MODULES.items())
            self.assertEqual(self.output(source, ["--env=core"]).out, expected, way)
        source = "".join(f"import {{ {wanted} }} from 'dv8:{name}'; console.log('{name}', typeof {wanted});" for name, wanted in MODULES.items())
        self.assertEqual(self.output(source, name="main.mjs").out, expected)

    def test_module_in_an_es_module_and_minified(self):
        for source, name in (
            ("import './b.mjs'; const {list} = module('assets', {}); console.log(list());", "main.mjs"),
            ("const {list} = module('assets', {}); console.log(list()); exports.x = 1;", "main.cjs"),
        ):
            app = self.pack_source(source, "--minify", name=name, files={"b.mjs": "export {};"})
            self.assertEqual(e2e.run([app]).out, "[]\n")

    def test_module_of_a_program_that_does_not_use_dv8_is_an_object(self):
        self.assertEqual(self.output("console.log(typeof module);").out, "object\n")

    def test_bare_names_are_dv8s_in_core(self):
        out = self.output("console.log(typeof require('assets').list); console.log(require('dv8:assets') === require('assets'));", ["--env=core"]).out
        self.assertEqual(out, "function\ntrue\n")

    def test_bare_names_in_a_default_program(self):
        files = {"node_modules/socket/index.js": "module.exports = 'package';"}
        source = "console.log(typeof require('timer').Timer, typeof require('libz').ZLib, require('os').EOL === '\\n', require('socket').Socket === undefined);"
        self.assertEqual(e2e.run([self.pack_source(source, files=files)]).out, "function function true true\n")
        self.assertEqual(e2e.run([self.pack_source(source)]).out, "function function true false\n")

    def test_require_of_a_file_that_is_only_known_at_run_time(self):
        folder = self.files({
            "value.js": "var q = 6; typeof this; q * 7",
            "exports.js": "module.exports = {n: ++globalThis.count, strict: (function () { return this; })() === undefined};",
            "throws.js": "\nnull.x",
        })
        source = (
            "globalThis.count = 0; const at = (n) => args[2] + '/' + n;"
            "console.log(require(at('value.js')), typeof q);"
            "console.log(JSON.stringify(require(at('exports.js'))), require(at('exports.js')).n);"
            "try { require(at('none.js')); } catch (e) { console.log(e.code); }"
            "try { require(at('throws.js')); } catch (e) { console.log(/throws.js:2/.test(e.stack)); }"
        )
        out = self.output(source, ["--env=core", "--allow-dynamic"], args=[folder]).out
        self.assertEqual(out, '42 undefined\n{"n":1,"strict":true} 2\nENOENT\ntrue\n')

    def test_require_begins_at_the_working_directory(self):
        folder = self.files({"value.js": "6 * 7", "exports.js": "exports.answer = 42;"})
        app = self.pack_source("console.log(require(args[2]), require(args[3]), require(args[4]).answer);", "--env=core", "--allow-dynamic")
        self.assertEqual(e2e.run([app, "./value.js", "value.js", "./exports.js"], cwd=folder).out, "42 42 42\n")

    def test_paths_count_from_where_it_was_packed(self):
        folder = self.files({
            "app/main.js": "console.log(require('./app/lib/own.js').name, require('./lib/own.js').name, require('./app/main.txt.js'), require(['./app', 'asset.js'].join('/')));",
            "app/asset.js": "module.exports = require('../up.js') + require('./app/lib/part.js');",
            "up.js": "module.exports = 'up ';",
            "app/lib/own.js": "exports.name = 'own ' + require('./other.js') + require('./app/lib/part.js');",
            "app/lib/part.js": "module.exports = 'part';",
            "app/main.txt.js": "module.exports = typeof setTimeout;",
            "other.js": "module.exports = 'other ';",
        })
        app = self.pack("app/main.js", "--env=core", "--asset", "app/asset.js", "--asset", "up.js", cwd=folder)
        self.assertEqual(e2e.run([app], cwd="/").out, "own other part own other part function up part\n")

    def test_a_script_may_declare_what_dv8_has(self):
        self.assertEqual(self.output(
            "const global = this; const process = 1, args = [2]; let print = 'p'; var env = 3; function shutdown () { return 4 } class Buffer {}\n"
            "console.log(global === globalThis, process, args[0], print, env, shutdown(), Buffer.name, globalThis.env, typeof globalThis.process)",
            ["--env=core"],
        ).out, "true 1 2 p 3 4 Buffer 3 object\n")

    def test_an_es_module_with_core(self):
        out = self.output(
            "console.log(eval('typeof onExit'), new Function('return typeof args')(), typeof process.hrtime(), process.TID);"
            "process.spawn(() => console.log(process.TID), ({ status }) => console.log(status)); export {};",
            ["--env=core"], name="main.mjs",
        ).out
        self.assertEqual(out, "function object bigint 0\n1\n0\n")

    def test_run_script_and_eval_script(self):
        out = self.both(
            "console.log(runScript('var g = 2; g + 1', 'name.js'), g, evalScript('g * 5'));"
            "try { runScript('\\n\\n null.x', 'name.js'); } catch (e) { console.log(/name.js:3/.test(e.stack)); }"
        )
        self.assertEqual(out, "3 2 10\ntrue\n")

    def test_on_exit_follows_the_loop(self):
        out = self.both("onExit(() => console.log('exit')); setTimeout(() => console.log('timer'), 1); console.log('end');")
        self.assertEqual(out, "end\ntimer\nexit\n")

    def test_on_unhandled_rejection_and_on_uncaught_exception(self):
        out = self.both(
            "onUnhandledRejection((promise, value, event) => console.log(promise instanceof Promise, value.message, event));"
            "onUncaughtException((error) => console.log(error.message));"
            "Promise.reject(new Error('r')); setTimeout(() => { throw new Error('u'); }, 1);"
        )
        self.assertEqual(out, "true r 0\nu\n")

    def test_uncaught_errors_have_an_exit_code(self):
        self.output("throw new Error('x');", ["--env=core"], code=1)

    def test_gc_collects(self):
        out = self.output(
            "let o = {}; const registry = new FinalizationRegistry(() => console.log('gone')); registry.register(o, 1); o = null;"
            "setTimeout(() => gc(), 1); setTimeout(() => registry.unregister({}), 50);",
            ["--env=core", "--v8-flags=--expose-gc"],
        ).out
        self.assertEqual(out, "gone\n")

    def test_gc_without_its_flag_does_nothing(self):
        source = (
            "let o = {}; const registry = new FinalizationRegistry(() => console.log('gone')); registry.register(o, 1); o = null;"
            "setTimeout(() => console.log(gc()), 1); setTimeout(() => registry.unregister({}), 50);"
        )
        self.assertEqual(self.both(source), "undefined\n")

    def test_gc_of_a_program_that_asks_for_it_is_v8s(self):
        self.assertEqual(self.output("if (typeof gc === 'function') gc(); console.log(typeof gc, typeof global.gc);").out, "undefined undefined\n")
        self.assertEqual(self.output("if (typeof gc === 'function') gc(); console.log(typeof gc);", ["--v8-flags=--expose-gc"]).out, "function\n")
        self.assertEqual(self.output("global.gc(); console.log(typeof global.gc);").out, "function\n")


BUFFER = """
const b = new Buffer();
console.log(b.size, b.bytes, b.alloc());
const memory = b.alloc(16);
console.log(memory instanceof ArrayBuffer, memory.byteLength, memory === b.bytes, b.size, new Uint8Array(memory).every((x) => x === 0));
console.log(b.write('h\\u00e9llo'), b.read(0, 6), b.write('x', 15), b.read(15, 1), JSON.stringify(b.read(3, 0)));
const c = new Buffer();
c.alloc(4);
console.log(b.copy(c, 4), c.read(0, 4) === b.read(0, 4));
for (const f of [
  () => b.read(10, 7), () => b.read(-1, 1), () => b.read(0.5, 1), () => b.write('ab', 15), () => b.copy(c, 5), () => b.copy(c, 17),
  () => b.alloc(-1), () => b.alloc(2 ** 40), () => b.copy({}, 1),
]) try { f(); console.log('no error'); } catch (e) { console.log(e.name, e.message); }
console.log(b.read(15, 1));
b.free(); b.free();
console.log(b.size, b.bytes);
try { b.write('a'); } catch (e) { console.log(e.message); }
"""
BUFFER_OUT = """0 undefined undefined
true 16 true 16 true
5 héllo 1 x ""
4 true
RangeError read: length 7 at offset 10 is outside the buffer of 16 bytes
RangeError read: length 1 at offset -1 is outside the buffer of 16 bytes
RangeError read: length 1 and offset 0.5 must be whole numbers of bytes
RangeError write: length 2 at offset 15 is outside the buffer of 16 bytes
RangeError copy to the target: length 5 at offset 0 is outside the buffer of 4 bytes
RangeError copy: length 17 at offset 0 is outside the buffer of 16 bytes
RangeError alloc: size -1 is not a whole number of bytes from 0 to 4294967296
RangeError alloc: size 1099511627776 is not a whole number of bytes from 0 to 4294967296
TypeError target must be a Buffer with memory, an ArrayBuffer or a typed array
x
0 undefined
write: length 1 at offset 0 is outside the buffer of 0 bytes
"""


class BufferTest(e2e.TestCase):
    def output(self, source, options=()):
        return e2e.run([self.pack_source(source, *options)])

    def test_a_buffer_without_arguments_is_dv8s(self):
        for options in ([], ["--env=core"]):
            self.assertEqual(self.output(BUFFER, options).out, BUFFER_OUT)

    def test_a_buffer_with_arguments_is_nodes(self):
        out = self.output("console.log(new Buffer('ab') instanceof Uint8Array, Buffer.alloc(2) instanceof Uint8Array, new Buffer() instanceof Uint8Array);").out
        self.assertEqual(out, "true true false\n")

    def test_the_later_vintage(self):
        source = (
            "%s const b = Buffer.alloc(8); console.log(b.bytes instanceof ArrayBuffer, b.size, b.bytes.byteLength);"
            "b.write('abc', 2); console.log(b.read(2, 3), new Uint8Array(b.bytes)[2]);"
            "console.log(Buffer.fromString('h\\u00e9').size, Buffer.fromString('xy').read(0, 2)); b.free();"
            "try { b.read(7, 2); console.log('no error'); } catch (e) { console.log(e.name); }"
        )
        expected = "true 8 8\nabc 97\n3 xy\nRangeError\n"
        self.assertEqual(self.output(source % "", ["--env=core"]).out, expected)
        # Node's Buffer gets what dv8 has more when the program takes a module of dv8's.
        self.assertEqual(self.output(source % "library('assets', {});").out, expected)

    def test_alloc_without_a_size_gives_what_it_has(self):
        source = "%s const a = Buffer.alloc(4), b = new Buffer(); b.alloc(8); console.log(a.alloc() === a.bytes, b.alloc() === b.bytes, b.alloc().byteLength);"
        self.assertEqual(self.output(source % "", ["--env=core"]).out, "true true 8\n")
        self.assertEqual(self.output(source % "library('assets', {});").out, "true true 8\n")

    def test_a_part_of_a_block_has_no_bytes(self):
        out = self.output("library('assets', {}); try { Buffer.alloc(8).subarray(2).bytes; } catch (e) { console.log(e.message); }").out
        self.assertEqual(out, "bytes: this Buffer is a part of a larger block; Buffer.alloc gives a whole one\n")


if __name__ == "__main__":
    e2e.main()
