#!/usr/bin/env python3
"""docs/api: the pages are those that the sources give, and their examples print what they say."""

import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

SOURCES = e2e.repo("stdlib-js/dv8")

# What dv8's own table of its API names (its "stream" members are those of tty and socket).
STREAM = "setup write close pause resume queueSize stats error onRead onData onEnd onClose onDrain onWrite onError"
TABLE = {
    "core": "version print module library require shutdown gc env args onExit onUnhandledRejection onUncaughtException memoryUsage runScript "
            "evalScript Buffer alloc read write copy free bytes size fromString",
    "os": "OS onSignal",
    "process": "Process pid memoryUsage heapUsage cpuUsage hrtime sleep usleep cwd runMicroTasks spawn",
    "timer": "Timer start stop close again unref",
    "tty": f"TTY {STREAM} writeString UV_TTY_MODE_NORMAL UV_TTY_MODE_RAW UV_TTY_MODE_IO UV_EOF UV_EAGAIN",
    "socket": f"TCP UNIX Socket {STREAM} writeText listen connect bind onConnect setNoDelay setKeepAlive remoteAddress unref portNumber open",
    "udp": "UDP setup bind start stop send close setBroadcast getPeerName open onMessage onSend onClose onError",
    "thread": "Thread start workerData stop spawn ipc",
    "loop": "EventLoop run stop isAlive close reset ref unref onIdle onPrepare onCheck listHandles UV_RUN_DEFAULT UV_RUN_ONCE UV_RUN_NOWAIT",
    "fs": "File setup open read write close O_CREAT FileSystem unlink mkdir fstat rename fsync ftruncate copy sendfile",
    "httpParser": "REQUEST RESPONSE HTTPParser setup reset execute pause resume onHeaders onBody onRequest onResponse onError",
    "picoHttpParser": "PicoHTTPParser setup reset onHeaders",
    "libz": "ZLib NONE DEFLATE INFLATE GZIP GUNZIP DEFLATERAW INFLATERAW UNZIP setup write end",
    "openssl": "Hash Hmac setup create update digest free SecureContext SERVER CLIENT finish SecureSocket start write onRead onWrite onError "
               "onHost onSecure",
    "posix": "Queue CONSUMER PRODUCER setup open send recv close unlink",
    "dns": "DNS hello resolve lookup reverse",
    "debugger": "open close url",
    "shmem": "SharedMemory bytes size unlink",
    "unicode": "normalize toLowerCase toUpperCase caseFold segment collator transcode",
}


class ApiDocsTest(e2e.TestCase):
    def test_pages_are_up_to_date(self):
        folder = e2e.scratch()
        os.makedirs(os.path.join(folder, "docs"))
        shutil.copy(e2e.repo("docs/generate_api.py"), os.path.join(folder, "docs"))
        for family in ("dv8", "internal"):
            shutil.copytree(e2e.repo(f"stdlib-js/{family}"), os.path.join(folder, "stdlib-js", family))
        subprocess.run([sys.executable, os.path.join(folder, "docs", "generate_api.py")], check=True)
        made, kept = os.path.join(folder, "docs", "api"), e2e.repo("docs/api")
        self.assertEqual(sorted(os.listdir(made)), sorted(os.listdir(kept)), "run docs/generate_api.py")
        for name in os.listdir(made):
            with open(os.path.join(made, name), encoding="utf-8") as file, open(os.path.join(kept, name), encoding="utf-8") as other:
                self.assertEqual(file.read(), other.read(), f"{name}: run docs/generate_api.py")

    def test_every_module_has_an_example(self):
        for name in self.modules():
            self.assertTrue(self.examples(name), f"{name} has no example")

    def test_the_members_of_the_table_are_on_their_pages(self):
        for module, members in TABLE.items():
            with self.subTest(module=module):
                with open(e2e.repo(f"docs/api/{module}.md"), encoding="utf-8") as file:
                    text = re.sub(r"```.*?```", "", file.read(), flags=re.DOTALL)
                self.assertEqual([name for name in members.split() if not re.search(rf"\b{name}\b", text)], [])

    def test_what_the_packer_calls_is_on_no_page(self):
        with open(e2e.repo("docs/api/core.md"), encoding="utf-8") as file:
            self.assertNotRegex(file.read(), r"#.*\b(callable|trim)\b")

    def test_examples_print_what_they_say(self):
        for name in self.modules():
            for number, example in enumerate(self.examples(name)):
                with self.subTest(module=name, number=number):
                    app = self.pack_source(example["code"], name="main.mjs")
                    result = e2e.run([app], cwd=e2e.scratch())
                    self.assertEqual((result.code, result.out), (0, example["expected"]), f"{name}: {example['code']}\n{result}")

    def modules(self):
        """The sources that have a page."""
        for name in sorted(os.listdir(SOURCES)):
            with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
                if "@module" in file.read(200):
                    yield name

    def examples(self, name):
        command = [sys.executable, e2e.repo("docs/generate_api.py"), "--examples", os.path.join(SOURCES, name)]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


if __name__ == "__main__":
    e2e.main()
