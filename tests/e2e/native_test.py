#!/usr/bin/env python3
"""--native: modules in C++, compiled with the SDK by the machine's compiler, linked into programs."""

import os
import shutil
import subprocess
import sys
import textwrap
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

COUNTERS = """
#include <dv8/module.h>
#include <stdexcept>
#include <string>

namespace {
int made = 0;

struct Handle final : dv8::NativeObject {
  Handle(dv8::Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) { made++; }
  ~Handle() override { made--; }
  static void New(const dv8::CallInfo& info) { new Handle(dv8::Environment::From(info), info.This()); }
  static void Name(const dv8::CallInfo& info) { dv8::ReturnUtf8(info, "a handle"); }
};

void Made(const dv8::CallInfo& info) { info.GetReturnValue().Set(made); }

// A library's exception, caught before V8's frames.
void Parse(const dv8::CallInfo& info) {
  try {
    info.GetReturnValue().Set(std::stoi(std::string(dv8::Utf8(info.GetIsolate(), info[0]).view())));
  } catch (const std::exception& error) {
    dv8::ThrowTypeError(info.GetIsolate(), std::string("not a number: ") + error.what());
  }
}

constexpr dv8::FunctionSpec kMethods[] = {{"name", Handle::Name}};
constexpr dv8::FunctionSpec kFunctions[] = {{"made", Made}, {"parse", Parse}};
constexpr dv8::ConstantSpec kConstants[] = {{"ANSWER", 42}};
constexpr dv8::ClassSpec kClasses[] = {{"Handle", Handle::New, kMethods}};
constexpr dv8::BindingSpec kModule = {"counters", kFunctions, kConstants, kClasses};
DV8_MODULE(kModule);
}  // namespace
"""
PLAIN = """
#include <dv8/module.h>
static void One(const dv8::CallInfo& info) { info.GetReturnValue().Set(1); }
static constexpr dv8::FunctionSpec kFunctions[] = {{"one", One}};
static constexpr dv8::BindingSpec kModule = {.name = "NAME", .functions = kFunctions};
DV8_MODULE(kModule);
"""


class NativeTest(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        # dv8pack finds the SDK beside its own file.
        cls.top = os.path.join(e2e.scratch("tool"), "dv8pack")
        os.mkdir(cls.top)
        shutil.copytree(os.path.join(e2e.dist(), "bin"), os.path.join(cls.top, "bin"))
        for name in ("libexec", "share"):
            os.symlink(os.path.join(e2e.dist(), name), os.path.join(cls.top, name))
        cls.sdk = os.path.join(cls.top, "sdk")
        os.symlink(os.path.join(os.path.realpath(os.environ["DV8PACK_SDK"]), "sdk"), cls.sdk)
        cls.tool = os.path.join(cls.top, "bin", "dv8pack")
        cls.folder = e2e.scratch("modules")
        cls.counters = cls.compile(COUNTERS, "counters", "-O1")

    @classmethod
    def compile(cls, source, name, *options, archive=True):
        path = os.path.join(cls.folder, name)
        with open(path + ".cc", "w", encoding="utf-8") as file:
            file.write(source)
        return cls.compile_file(path + ".cc", name, *options, archive=archive)

    @classmethod
    def compile_file(cls, source, name, *options, archive=True):
        path = os.path.join(cls.folder, name)
        flags = subprocess.run(["pkg-config", "--cflags", "dv8"], check=True, capture_output=True, text=True,
                               env={**os.environ, "PKG_CONFIG_PATH": os.path.join(cls.sdk, "lib", "pkgconfig")}).stdout.split()
        subprocess.run(["c++", *flags, *options, "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-c", source, "-o", path + ".o"], check=True)
        if not archive:
            return path + ".o"
        if os.path.exists(path + ".a"):
            os.remove(path + ".a")
        subprocess.run(["ar", "rcs", path + ".a", path + ".o"], check=True)
        return path + ".a"

    def try_pack(self, source, *options, env=None, name="main.js", tool=None):
        folder = e2e.scratch("src")
        e2e.write_tree(folder, {name: textwrap.dedent(source)})
        out = os.path.join(folder, "app")
        result = e2e.run([tool or self.tool, *options, os.path.join(folder, name), "-o", out], env=env, timeout=300)
        return result, out

    def runs(self, source, expected, *options, name="main.js", modules=None):
        options = [*(f"--native={path}" for path in modules or [self.counters]), *options]
        result, out = self.try_pack(source, *options, name=name)
        self.assertEqual((result.code, result.err), (0, ""), result)
        ran = e2e.run([out], timeout=60)
        self.assertEqual((ran.code, ran.out, ran.err), (0, textwrap.dedent(expected), ""))
        return out

    def refused(self, *options, env=None, tool=None, source="console.log(1)"):
        result, out = self.try_pack(source, *options, env=env, tool=tool)
        self.assertEqual((result.code, result.out), (1, ""), result)
        self.assertFalse(os.path.exists(out))
        return result.err

    def test_the_template_as_its_readme_says(self):
        folder = os.path.join(e2e.scratch("mine"), "mine")
        shutil.copytree(os.path.join(self.sdk, "templates", "native-module"), folder)
        made = e2e.run(["make", "-C", folder, f"DV8PACK={self.tool}"], timeout=300)
        self.assertEqual(made.code, 0, made)
        self.assertEqual(e2e.run([os.path.join(folder, "app"), "1", "2", "3.5"]).out, "sums 1: 6.5\n")
        ran = e2e.run([self.tool, "run", f"--native={folder}/libsums.a", os.path.join(folder, "app.js"), "7"])
        self.assertEqual(ran.out, "sums 1: 7\n", ran)

    def test_the_example(self):
        primes = self.compile_file(e2e.repo("examples/native-module/primes.cc"), "primes", "-O2")
        out = os.path.join(e2e.scratch("out"), "primes")
        packed = e2e.run([self.tool, f"--native={primes}", e2e.repo("examples/native-module/main.js"), "-o", out], timeout=300)
        self.assertEqual((packed.code, packed.err), (0, ""))
        with open(e2e.repo("examples/native-module/expected.out"), encoding="utf-8") as file:
            self.assertEqual(e2e.run([out]).out, file.read())
        self.assertEqual(e2e.run([out, "10000000"]).out, "664579 primes up to 10000000\n")
        bad = e2e.run([out, "-1"])
        self.assertEqual(bad.code, 1)
        self.assertIn("RangeError: count(limit, callback): limit must be 0 to 100000000", bad.err)
        self.assertRegex(bad.err, r"main\.js:5:")
        # shutdown() while the pool counts: no callback, and the program ends.
        self.runs("""
            const { PrimeCounter } = library('primes', {});
            const counter = new PrimeCounter();
            counter.count(5e6, () => console.log('never'));
            try { counter.count(1, () => {}); } catch (error) { console.log(error.message); }
            shutdown();
            """, "count(): the counter is counting\n", modules=[primes])

    def test_every_way_to_name_it(self):
        self.runs("import { ANSWER, parse } from 'dv8:counters'; console.log(ANSWER, parse('7'));", "42 7\n", name="main.mjs")
        self.runs("import counters from 'counters'; console.log(Object.keys(counters).sort().join());",
                  "ANSWER,Handle,made,parse\n", name="main.mjs")
        self.runs("console.log(require('counters').ANSWER, require('dv8:counters').made());", "42 0\n")
        self.runs("""
            const { parse } = module('counters', {});
            console.log(parse('12'), library('counters', {}).ANSWER, library('counter', {}));
            """, "12 42 null\n", "--env=core")

    def test_objects_exceptions_and_the_collector(self):
        self.runs("""
            const { Handle, made, parse } = require('counters');
            const { gc } = require('dv8:core');
            const kept = new Handle();
            for (let i = 0; i < 100; i++) new Handle();
            console.log(kept.name(), made());
            gc(); setImmediate(() => { gc(); setImmediate(() => console.log(made())); });
            for (const broken of [() => parse('x'), () => kept.name.call({}), () => new made()]) {
              try { broken(); } catch (error) { console.log(error.name); }
            }
            """, "a handle 101\nTypeError\nTypeError\nTypeError\n1\n", "--v8-flags=--expose-gc")

    def test_threads_and_every_snapshot_mode(self):
        self.runs("""
            const { Thread } = library('thread', {});
            const answer = () => { if (library('counters', {}).ANSWER !== 42) throw new Error('wrong'); };
            new Thread().start(answer, (error, status) => console.log(error, status));
            """, "null 0\n")
        for mode in ("code", "none"):
            self.runs("console.log(require('counters').parse('5'));", "5\n", f"--snapshot={mode}")
        # The top level runs in the builder, which has the module too.
        self.runs("import { ANSWER } from 'dv8:counters'; const twice = 2 * ANSWER; dv8.main(() => console.log(twice));",
                  "84\n", "--snapshot=app", name="main.mjs")
        error = self.refused(f"--native={self.counters}", "--snapshot=app",
                             source="globalThis.kept = new (require('counters').Handle)(); dv8.main(() => {});")
        self.assertIn("a native object was made here:\n    at Object.<anonymous> (/app/main.js:1:19)", error)

    def test_several_files_small_template_and_the_same_bytes(self):
        one = self.compile(PLAIN.replace("NAME", "one"), "one", archive=False)
        source = "console.log(require('one').one(), require('counters').ANSWER);"
        first = self.runs(source, "1 42\n", modules=[one, self.counters])
        second = self.runs(source, "1 42\n", modules=[one, self.counters])
        with open(first, "rb") as a, open(second, "rb") as b:
            self.assertEqual(a.read(), b.read(), "two packs are the same bytes")
        plain = self.pack_source("console.log(1)")
        self.assertLess(os.path.getsize(first), os.path.getsize(plain) + 500_000, "the module is all that was added")
        zlib = self.runs("console.log(require('one').one(), require('zlib').gzipSync('x').length > 0);", "1 true\n", modules=[one])
        self.assertGreater(os.path.getsize(zlib), os.path.getsize(plain) + 500_000)
        self.assertEqual(e2e.run(["strip", first]).code, 0)
        self.assertEqual(e2e.run([first]).out, "1 42\n")

    def test_bad_modules(self):
        text = os.path.join(self.folder, "text.a")
        with open(text, "w", encoding="utf-8") as file:
            file.write("not an archive")
        self.assertIn("is neither a static library nor an object file", self.refused(f"--native={text}"))
        self.assertIn("cannot be read: No such file", self.refused(f"--native={text}.missing"))
        self.assertIn("none of the files has a DV8_MODULE", self.refused(f"--native={self.compile('int x;', 'none')}"))
        taken = self.compile(PLAIN.replace("NAME", "tty"), "taken")
        self.assertIn("there is a dv8:tty already", self.refused(f"--native={taken}"))
        odd = self.compile(PLAIN.replace("NAME", "a/b"), "odd")
        self.assertIn("'a/b'; its name is letters, digits", self.refused(f"--native={odd}"))
        one, two = self.compile(PLAIN.replace("NAME", "one"), "first"), self.compile(PLAIN.replace("NAME", "one"), "second")
        self.assertIn("two native modules are called 'one'", self.refused(f"--native={one}", f"--native={two}"))
        lost = self.compile(PLAIN.replace("NAME", "lost").replace("Set(1)", "Set(missing_function())").replace("static void", "int missing_function();\nstatic void", 1), "lost")
        error = self.refused(f"--native={lost}")
        self.assertIn("undefined symbol: missing_function()", error)
        crash = self.compile(PLAIN.replace("NAME", "crash") + "int now = (__builtin_trap(), 1);", "crash")
        self.assertIn("the native modules end the program before it begins", self.refused(f"--native={crash}"))

    def test_another_versions_headers(self):
        other = self.compile("#define DV8_ABI_OTHER\n#include <dv8/abi.h>\n#undef DV8_ABI\n#define DV8_ABI dv8_abi_0123\n" + PLAIN, "other")
        error = self.refused(f"--native={other}")
        self.assertIn("undefined symbol: dv8_abi_0123", error)
        self.assertIn("hint: a module was compiled with another version's SDK", error)
        bare = subprocess.run(["c++", "-std=c++20", "-I", os.path.join(self.sdk, "include"), "-fsyntax-only", "-x", "c++", "-"],
                              input=PLAIN, capture_output=True, text=True)
        self.assertIn("compile with the flags of: pkg-config --cflags dv8", bare.stderr)

    def test_machines_without_tools(self):
        native = f"--native={self.counters}"
        empty = e2e.scratch("empty")
        self.assertIn("needs the linker lld, and PATH has none\n  hint: on Debian: apt-get install lld", self.refused(native, env={"PATH": empty}))
        os.symlink("/bin/true", os.path.join(empty, "ld.lld"))
        self.assertIn("needs a C compiler to link with", self.refused(native, env={"PATH": empty}))
        error = self.refused(native, tool=e2e.dv8pack())
        self.assertIn("sdk: error: dv8pack's SDK is not there\n  hint: unpack dv8pack-sdk-linux-x64.tar.gz", error)
        asked = e2e.run([e2e.dv8pack(), "--sdk"])
        self.assertEqual((asked.code, asked.out), (1, ""))
        self.assertEqual(e2e.run([self.tool, "--sdk"]).out, self.sdk + "\n")


if __name__ == "__main__":
    unittest.main()
