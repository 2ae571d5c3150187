#!/usr/bin/env python3
"""What a program meets where the system gives it less than it is used to: closed standard descriptors, readers that
have gone, no free descriptor, no thread, little address space, odd variables."""

import os
import resource
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

GIB = 1 << 30


def program(name):
    return e2e.repo(f"tests/e2e/limits/{name}.js")


def limited(which, value):
    """A preexec_fn; no core is left behind."""

    def set_limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(which, (value, value))

    return set_limits


def shell(script, *args):
    return e2e.run(["bash", "-c", script, *args])


class StandardDescriptors(e2e.TestCase):
    def test_closed_ones_are_opened(self):
        app = self.pack(program("closed_descriptors"))
        for closed, states, out, err in (
            ("<&-", "device,pipe,pipe", "to stdout\n", "to stderr\n"),
            ("</dev/null >&-", "device,device,pipe", "", "to stderr\n"),
            ("</dev/null 2>&-", "device,pipe,device", "to stdout\n", ""),
            ("<&- >&- 2>&-", "device,device,device", "", ""),
        ):
            file = os.path.join(e2e.scratch(), "file")
            result = shell(f'"$0" "$1" {closed}', app, file)
            self.assertEqual((result.code, result.out, result.err), (0, out, err), closed)
            with open(file, encoding="utf-8") as content:
                self.assertEqual(content.read(), f"true {states} stdin ended\n", closed)

    @unittest.skipUnless(os.getuid() == 0, "needs chroot")
    def test_where_there_is_no_null_device_the_number_is_taken(self):
        folder = e2e.scratch("root")
        os.link(self.pack(program("closed_descriptors")), os.path.join(folder, "app"))
        result = shell('chroot "$0" /app /file 2>&-', folder)
        self.assertEqual((result.code, result.out), (0, "to stdout\n"), result)
        with open(os.path.join(folder, "file"), encoding="utf-8") as content:
            self.assertEqual(content.read(), "true pipe,pipe,other stdin ended\n")


class GoneReaders(e2e.TestCase):
    def test_endless_output_ends(self):
        app = self.pack(program("endless"))
        for what in ("log", "write"):
            for how in ("interval", "immediate"):
                result = shell('"$0" "$1" "$2" | head -n 2; echo "${PIPESTATUS[0]}"', app, what, how)
                self.assertEqual(result.out, "line 0\nline 1\n1\n", (what, how))
                self.assertRegex(result.err, r"(?s)Error: write EPIPE\n.*\nexit 1\n|exit 1\n.*Error: write EPIPE\n", (what, how))

    def test_a_listener_takes_the_error(self):
        result = shell('"$0" | head -n 1; echo "${PIPESTATUS[0]}"', self.pack(program("pipe_error")))
        self.assertEqual((result.out, result.err), ("line\n7\n", "callback EPIPE\nEPIPE write\n"))


class NoDescriptor(e2e.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack(program("no_descriptors"))

    def check(self, how, out, free=0):
        result = e2e.run([self.app, how, str(free)], preexec_fn=limited(resource.RLIMIT_NOFILE, 40))
        self.assertEqual((result.code, result.out, result.err), (0, "EMFILE\n" + out, ""), (how, free))

    def test_processes(self):
        for free in range(5):  # With some of what a loop needs it is the same.
            self.check("spawnSync", "spawnSync EMFILE spawnSync /bin/true EMFILE null\nexecSync EMFILE spawnSync /bin/sh\n", free)
            self.check("spawn", "spawn EMFILE epoll_create1\n", free)

    def test_files(self):
        self.check(
            "files",
            "readFile EMFILE: too many open files, open '/etc/passwd'\nstat true\nclose null\nreadFile null 0\n",
        )

    def test_handles(self):
        self.check("timers", "".join(f"{what} EMFILE epoll_create1\n" for what in ("setTimeout", "setImmediate", "signal")) + "watch EMFILE watch\ntimer\n")

    def test_ticks_behind_an_exception(self):
        self.check("ticks", "caught thrown\ntick\n")

    def test_low_limits(self):
        app = self.pack(program("read_file"))
        for limit in range(3, 12):
            result = e2e.run([app], preexec_fn=limited(resource.RLIMIT_NOFILE, limit))
            self.assertEqual((result.code, result.err), (0, ""), limit)
            self.assertIn(result.out, ("read\n", "EMFILE\n"), limit)


class NoThread(e2e.TestCase):
    @unittest.skipUnless(os.getuid() == 0, "needs to become another user")
    def test_the_pool_says_so(self):
        app = self.pack(program("read_file"))
        os.chmod(app, 0o755)
        # The other user may not come to where the app lies, so it starts from a descriptor.
        descriptor = os.open(app, os.O_RDONLY)
        self.addCleanup(os.close, descriptor)

        def become_nobody_without_threads():
            os.setgid(65532)
            os.setuid(65532)
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))

        result = e2e.run([f"/proc/self/fd/{descriptor}"], pass_fds=[descriptor], preexec_fn=become_nobody_without_threads)
        self.assertEqual((result.code, result.out), (134, ""), result)
        # Which of the two comes first is libuv's business.
        self.assertIn(result.err, (
            "fatal: the system refuses a thread, memory or a descriptor that the event loop needs\n",
            "fatal: the system refuses a thread or a lock: Resource temporarily unavailable\n",
        ))


class AddressSpace(e2e.TestCase):
    def run_with(self, app, size):
        return e2e.run([app], preexec_fn=limited(resource.RLIMIT_AS, size))

    def test_two_gibibytes_are_enough(self):
        for mode in ("code", "none"):
            app = self.pack(program("allocate"), f"--snapshot={mode}")
            for size in (2 * GIB, 3 * GIB, 5 * GIB, 9 * GIB):
                result = self.run_with(app, size)
                self.assertEqual((result.code, result.out, result.err), (0, "kept 100000\n", ""), (mode, size))

    def test_the_end_of_it_is_said(self):
        result = self.run_with(self.pack(program("fill")), 2 * GIB)
        self.assertEqual((result.code, result.out), (134, ""), result)
        self.assertRegex(result.err, r"(^|\n)fatal: out of memory: .*\n$")  # Behind V8's lines on its last collections.

    def test_too_little_to_start_is_one_line(self):
        app = self.pack(program("hello"))
        for size in (GIB // 16, GIB // 8, GIB // 4, GIB // 2):
            result = self.run_with(app, size)
            if result.code != 0:
                self.assertEqual(result.code, 134, (size, result))
                self.assertRegex(result.err, r"^fatal: out of memory.*\n$")


class Variables(e2e.TestCase):
    ODD = (
        "abcdefghijkl.UTF-8", "a" * 12, "a" * 200, "a" * 100000, "_" * 300, "a_" * 5000, "de_DE@" + "x" * 500, "",
        "@", "@@", ".", "_", "-", "@.UTF-8", "dé_DÉ", "\x01", "de_DE.UTF-8@euro", "x-" + "private-" * 40, "en-u-" + "co-" * 90,
        "i", "i-klingon", "root", "POSIX", "C", "C.UTF-8", "en_US_POSIX", "tlh", "%s%n", "zh_Hant_TW_" + "V" * 200, "xx_YY_ZZ@a=b;c=d",
        "no@nynorsk", "a@b@c.d@e", "abcdefgh_ijkl", "\xff\xfe", "../../etc", "de_DE_" * 40,
    )

    def test_odd_locales_change_no_more_than_the_locale(self):
        for icu in ("en", "none"):
            hello = self.pack(program("hello"), f"--icu={icu}")
            for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
                for value in self.ODD:
                    self.assert_runs([hello], out="hello\n", env={name: value})
        app = self.pack(program("locale"))
        for value in self.ODD:
            self.assert_runs([app], out="string true ab 1\n", env={"LC_ALL": value})

    def test_the_locale_is_nodes(self):
        app = self.pack(program("default_locale"), "--icu=full")
        for value, locale in (("de_DE.UTF-8", "de-DE"), ("ru_RU", "ru-RU"), ("C", "en-US"), ("", "und"), ("a" * 12, "en-US")):
            self.assert_runs([app], out=f"{locale}\n", env={"LANG": value})


if __name__ == "__main__":
    e2e.main()
