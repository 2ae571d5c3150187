#!/usr/bin/env python3
"""--native: modules in C++, compiled with the SDK by the machine's compiler, linked into programs."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


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
        cls.counters = cls.compile("counters.cc", "counters", "-O1")

    @classmethod
    def compile(cls, source, name, *options, archive=True):
        """A static library, or an object file, of a file of native/ or by its whole path."""
        path = os.path.join(cls.folder, name)
        flags = subprocess.run(["pkg-config", "--cflags", "dv8"], check=True, capture_output=True, text=True,
                               env={**os.environ, "PKG_CONFIG_PATH": os.path.join(cls.sdk, "lib", "pkgconfig")}).stdout.split()
        subprocess.run(["c++", *flags, *options, "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-c", e2e.program(source), "-o", path + ".o"], check=True)
        if not archive:
            return path + ".o"
        if os.path.exists(path + ".a"):
            os.remove(path + ".a")
        subprocess.run(["ar", "rcs", path + ".a", path + ".o"], check=True)
        return path + ".a"

    @classmethod
    def plain(cls, name, file=None, **kwargs):
        return cls.compile("plain.cc", file or name, f'-DNAME="{name}"', **kwargs)

    def try_pack(self, name, *options, env=None, tool=None):
        out = os.path.join(e2e.scratch("out"), "app")
        result = e2e.run([tool or self.tool, *options, e2e.program(name), "-o", out], env=env, timeout=300)
        return result, out

    def runs(self, name, *options, modules=None):
        """Packs one of the test's programs with native modules; its output is name.out."""
        options = [*(f"--native={path}" for path in modules or [self.counters]), *options]
        result, out = self.try_pack(name, *options)
        self.assertEqual((result.code, result.err), (0, ""), result)
        ran = self.assert_runs([out])
        self.assert_golden(os.path.splitext(e2e.program(name))[0] + ".out", ran.out)
        return out

    def refused(self, *options, env=None, tool=None, name="hello.js"):
        result, out = self.try_pack(name, *options, env=env, tool=tool)
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
        primes = self.compile(e2e.repo("examples/native-module/primes.cc"), "primes", "-O2")
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
        self.runs("shutdown_while_it_counts.js", modules=[primes])

    def test_every_way_to_name_it(self):
        self.runs("import_by_scheme.mjs")
        self.runs("import_by_name.mjs")
        self.runs("require.js")
        self.runs("module_and_library.js", "--env=core")

    def test_objects_exceptions_and_the_collector(self):
        self.runs("objects.js", "--v8-flags=--expose-gc")

    def test_threads_and_every_snapshot_mode(self):
        self.runs("thread.js")
        for mode in ("code", "none"):
            self.runs("parse.js", f"--snapshot={mode}")
        # The top level runs in the builder, which has the module too.
        self.runs("answer_in_a_snapshot.mjs", "--snapshot=app")
        error = self.refused(f"--native={self.counters}", "--snapshot=app", name="object_in_a_snapshot.js")
        self.assertIn("a native object was made here:\n    at Object.<anonymous> (/app/object_in_a_snapshot.js:1:19)", error)

    def test_several_files_small_template_and_the_same_bytes(self):
        one = self.plain("one", archive=False)
        first = self.runs("two.js", modules=[one, self.counters])
        second = self.runs("two.js", modules=[one, self.counters])
        with open(first, "rb") as a, open(second, "rb") as b:
            self.assertEqual(a.read(), b.read(), "two packs are the same bytes")
        plain = self.pack_source("console.log(1)")
        self.assertLess(os.path.getsize(first), os.path.getsize(plain) + 500_000, "the module is all that was added")
        zlib = self.runs("zlib.js", modules=[one])
        self.assertGreater(os.path.getsize(zlib), os.path.getsize(plain) + 500_000)
        self.assertEqual(e2e.run(["strip", first]).code, 0)
        self.assertEqual(e2e.run([first]).out, "1 42\n")

    def test_bad_modules(self):
        text = os.path.join(self.folder, "text.a")
        with open(text, "w", encoding="utf-8") as file:
            file.write("not an archive")
        self.assertIn("is neither a static library nor an object file", self.refused(f"--native={text}"))
        self.assertIn("cannot be read: No such file", self.refused(f"--native={text}.missing"))
        self.assertIn("none of the files has a DV8_MODULE", self.refused(f"--native={self.compile('none.cc', 'none')}"))
        taken = self.plain("tty")
        self.assertIn("there is a dv8:tty already", self.refused(f"--native={taken}"))
        odd = self.plain("a/b", "odd")
        self.assertIn("'a/b'; its name is letters, digits", self.refused(f"--native={odd}"))
        one, two = self.plain("one", "first"), self.plain("one", "second")
        self.assertIn("two native modules are called 'one'", self.refused(f"--native={one}", f"--native={two}"))
        lost = self.compile("lost.cc", "lost")
        error = self.refused(f"--native={lost}")
        self.assertIn("undefined symbol: missing_function()", error)
        crash = self.compile("crash.cc", "crash")
        self.assertIn("the native modules end the program before it begins", self.refused(f"--native={crash}"))

    def test_another_versions_headers(self):
        other = self.compile("other.cc", "other")
        error = self.refused(f"--native={other}")
        self.assertIn("undefined symbol: dv8_abi_0123", error)
        self.assertIn("hint: a module was compiled with another version's SDK", error)
        bare = subprocess.run(["c++", "-std=c++20", "-I", os.path.join(self.sdk, "include"), "-fsyntax-only", e2e.program("none.cc"), "-include", "dv8/module.h"],
                              capture_output=True, text=True, check=False)
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
    e2e.main()
