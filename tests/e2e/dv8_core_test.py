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
    def output(self, name, options=(), code=0, args=()):
        app = self.pack_program(name, *options)
        result = e2e.run([app, *args])
        self.assertEqual(result.code, code, result)
        return result

    def both(self, name, **kwargs):
        """The output, which has to be the same in both environments."""
        default = self.output(name, **kwargs).out
        self.assertEqual(self.output(name, options=["--env=core"], **kwargs).out, default)
        return default

    def test_core_has_the_globals_of_the_readme_and_no_others(self):
        for options in (["--env=core"], ["--env=core", "--snapshot=none"]):
            out = self.output("globals.js", options).out
            self.assertEqual(sorted(json.loads(out)), sorted(README_GLOBALS))

    def test_core_keeps_what_the_program_names(self):
        out = self.output("core_keeps_what_the_program_names.js", ["--env=core"]).out
        self.assertEqual(out, "Intl,URL,env,setTimeout\n1,234 function function\n")

    def test_the_manifest_has_the_globals_that_only_nodes_library_has(self):
        with open(os.path.join(e2e.dist(), "share", "dv8pack", "stdlib", "manifest.json"), encoding="utf-8") as file:
            listed = json.load(file)["nodeGlobals"]
        small, node = (set(json.loads(self.output(name).out)) for name in ("globals.js", "globals_of_node.js"))
        self.assertEqual(sorted(node - small), sorted(listed))

    def test_the_library_does_without_the_globals_it_took(self):
        self.assertIn("Error: no", self.output("the_library_does_without_the_globals_it_took.js", ["--env=core"], code=1).err)

    def test_memory_usage_and_shutdown(self):
        self.assertEqual(self.both("memory_usage.js"), "true true true\n")
        self.assertEqual(self.both("shutdown.js"), "before\n")

    def test_modules_function_can_be_imported(self):
        self.assertEqual(self.output("modules_function_can_be_imported.js").out,
                         "function undefined function\n")

    def test_version(self):
        self.assertRegex(self.both("version.js"), r"^1[13]\.\d+\.\d+\.\d+\n$")

    def test_print_writes_each_value_on_a_line_to_stderr(self):
        for options in ([], ["--env=core"]):
            result = self.output("print_writes_each_value_on_a_line_to_stderr.js", options)
            self.assertEqual((result.out, result.err), ("", "a\n1\n2,3\n"))

    def test_args_and_env(self):
        out = self.both("args_and_env.js", args=["x y"])
        self.assertEqual(out, "3 /app/args_and_env.js x y\nfalse true\n")

    def test_env_holds_the_environment(self):
        for options in ([], ["--env=core"]):
            app = self.pack_program("env_holds_the_environment.js", *options)
            self.assertEqual(e2e.run([app], env={"SOME_NAME": "a=b"}).out, "true true\n")

    def test_global_is_the_global_object(self):
        self.assertEqual(self.both("global_is_the_global_object.js"), "true 1\n")

    def test_timers_and_process_of_the_later_vintage(self):
        out = self.both("timers_and_process_of_the_later_vintage.js")
        self.assertEqual(out, "true true\ntick 1\ntick 2\n")

    def test_module_and_library(self):
        out = self.both("module_and_library.js")
        self.assertEqual(out, "true function\n0\nundefined null\nfunction 5\n")

    def test_the_folder_of_a_library_has_no_meaning(self):
        self.assertEqual(self.both("the_folder_of_a_library_has_no_meaning.js"), "function\n")

    def test_every_module_is_had_in_every_way(self):
        # A program a way: each has to tell the packer which modules it wants.
        expected = "".join(f"{name} function\n" for name in MODULES)
        for way in ("module('%s', {})", "library('%s', {})", "require('%s')"):
            source = "".join(f"console.log('{name}', typeof {way % name}.{wanted});" for name, wanted in MODULES.items())
            self.assert_runs([self.pack_source(source, "--env=core")], out=expected)
        source = "".join(f"import {{ {wanted} }} from 'dv8:{name}'; console.log('{name}', typeof {wanted});" for name, wanted in MODULES.items())
        self.assert_runs([self.pack_source(source, name="main.mjs")], out=expected)

    def test_module_in_an_es_module_and_minified(self):
        for name in ("module_in_an_es_module.mjs", "module_in_a_module.cjs"):
            self.assert_runs([self.pack_program(name, "--minify")], out="[]\n")

    def test_module_of_a_program_that_does_not_use_dv8_is_an_object(self):
        self.assertEqual(self.output("module_of_a_program_that_does_not_use_dv8_is_an_object.js").out, "object\n")

    def test_bare_names_are_dv8s_in_core(self):
        out = self.output("bare_names_are_dv8s_in_core.js", ["--env=core"]).out
        self.assertEqual(out, "function\ntrue\n")

    def test_bare_names_in_a_default_program(self):
        files = {"node_modules/socket/index.js": "module.exports = 'package';"}
        for beside, found in ((files, "true"), (None, "false")):
            app = self.pack_program("bare_names_in_a_default_program.js", files=beside)
            self.assert_runs([app], out=f"function function true {found}\n")

    def test_require_of_a_file_that_is_only_known_at_run_time(self):
        out = self.output("require_of_a_file_that_is_only_known_at_run_time.js", ["--env=core", "--allow-dynamic"], args=[e2e.program("required")]).out
        self.assertEqual(out, '42 undefined\n{"n":1,"strict":true} 2\nENOENT\ntrue\n')

    def test_require_begins_at_the_working_directory(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"value.js": "6 * 7", "exports.js": "exports.answer = 42;"})
        app = self.pack_program("require_begins_at_the_working_directory.js", "--env=core", "--allow-dynamic")
        self.assertEqual(e2e.run([app, "./value.js", "value.js", "./exports.js"], cwd=folder).out, "42 42 42\n")

    def test_paths_count_from_where_it_was_packed(self):
        app = self.pack("app/main.js", "--env=core", "--asset", "app/asset.js", "--asset", "up.js", cwd=e2e.program("paths"))
        self.assertEqual(e2e.run([app], cwd="/").out, "own other part own other part function up part\n")

    def test_a_script_may_declare_what_dv8_has(self):
        self.assertEqual(self.output("a_script_may_declare_what_dv8_has.js", ["--env=core"]).out, "true 1 2 p 3 4 Buffer 3 object\n")

    def test_an_es_module_with_core(self):
        out = self.output("an_es_module_with_core.mjs", ["--env=core"]).out
        self.assertEqual(out, "function object bigint 0\n1\n0\n")

    def test_run_script_and_eval_script(self):
        out = self.both("run_script_and_eval_script.js")
        self.assertEqual(out, "3 2 10\ntrue\n")

    def test_on_exit_follows_the_loop(self):
        out = self.both("on_exit_follows_the_loop.js")
        self.assertEqual(out, "end\ntimer\nexit\n")

    def test_on_unhandled_rejection_and_on_uncaught_exception(self):
        out = self.both("on_unhandled_rejection_and_on_uncaught_exception.js")
        self.assertEqual(out, "true r 0\nu\n")

    def test_uncaught_errors_have_an_exit_code(self):
        self.output("uncaught_errors_have_an_exit_code.js", ["--env=core"], code=1)

    def test_gc_collects(self):
        out = self.output("gc_collects.js", ["--env=core", "--v8-flags=--expose-gc"]).out
        self.assertEqual(out, "gone\n")

    def test_gc_without_its_flag_does_nothing(self):
        self.assertEqual(self.both("gc_without_its_flag_does_nothing.js"), "undefined\n")

    def test_gc_of_a_program_that_asks_for_it_is_v8s(self):
        self.assertEqual(self.output("gc_of_a_program_that_asks_for_it_is_v8s.js").out, "undefined undefined\n")
        self.assertEqual(self.output("gc_with_its_flag.js", ["--v8-flags=--expose-gc"]).out, "function\n")
        self.assertEqual(self.output("gc_of_the_global_object.js").out, "function\n")


class BufferTest(e2e.TestCase):
    def test_a_buffer_without_arguments_is_dv8s(self):
        for options in ([], ["--env=core"]):
            self.assert_prints("buffer.js", *options)

    def test_a_buffer_with_arguments_is_nodes(self):
        # It warns as Node does.
        self.assert_runs([self.pack_program("a_buffer_with_arguments_is_nodes.js")], out="true true false\n", err=None)

    def test_the_later_vintage(self):
        # Node's Buffer gets what dv8 has more when the program takes a module of dv8's.
        self.assert_prints("the_later_vintage.js", "--env=core")
        self.assert_prints("the_later_vintage_beside_a_module.js")

    def test_alloc_without_a_size_gives_what_it_has(self):
        self.assert_prints("alloc_without_a_size.js", "--env=core")
        self.assert_prints("alloc_without_a_size_beside_a_module.js")

    def test_a_part_of_a_block_has_no_bytes(self):
        self.assert_prints("a_part_of_a_block_has_no_bytes.js")


if __name__ == "__main__":
    e2e.main()
