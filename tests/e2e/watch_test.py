#!/usr/bin/env python3
"""dv8pack run --watch: what starts the app again, and how it ends."""

import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e
from terminal import Terminal

STAYS = "setInterval(() => {}, 1000);\n"


class WatchTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        self.write({"package.json": "{}", "main.js": "console.log('first', require('./lib.js'));" + STAYS, "lib.js": "module.exports = 1;"})

    def write(self, files):
        e2e.write_tree(self.folder, files)

    def start(self, *options, entry="main.js", arguments=()):
        self.seen = ""
        self.process = subprocess.Popen([e2e.dv8pack(), "run", "--watch", *options, entry, *arguments], cwd=self.folder, env=e2e.CLEAN_ENV,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        os.set_blocking(self.process.stdout.fileno(), False)

    def until(self, text):
        """Waits for `text` in what comes; forgets what has come before its end."""
        end = time.monotonic() + 30 * e2e.patience()
        while text not in self.seen:
            self.assertLess(time.monotonic(), end, f"no {text!r} in {self.seen!r}")
            self.assertIsNone(self.process.poll(), self.seen)
            self.seen += (self.process.stdout.read() or b"").decode()
            time.sleep(0.02)
        before, self.seen = self.seen.split(text, 1)
        return before

    def ends(self, number):
        self.process.send_signal(number)
        self.assertEqual(self.process.wait(20 * e2e.patience()), -number)
        left = subprocess.run(["ps", "-s", str(self.process.pid), "-o", "stat="], capture_output=True, text=True, check=False).stdout.split()
        self.assertEqual([state for state in left if state[0] != "Z"], [], "the app has ended, too")

    def test_a_change_starts_again(self):
        self.start(arguments=["a"])
        self.until("first 1\n")
        self.write({"lib.js": "module.exports = process.argv[2];"})
        self.assertIn("lib.js has changed\n", self.until("first a\n"))
        # As editors save: a new file by the old name.
        self.write({"new": "console.log('second');" + STAYS})
        os.rename(os.path.join(self.folder, "new"), os.path.join(self.folder, "main.js"))
        self.until("second\n")
        self.ends(signal.SIGINT)

    def test_other_files_do_not(self):
        self.start()
        self.until("first 1\n")
        self.write({"other.js": "", "log.txt": "x"})
        time.sleep(1)
        self.assertIsNone(self.process.stdout.read())
        self.ends(signal.SIGTERM)

    def test_assets_and_variables(self):
        self.write({"main.js": "console.log(require('fs').readFileSync(__dirname + '/data/' + 'a.txt', 'utf8'), process.env.A);" + STAYS, "data/a.txt": "one", "a.env": "A=x"})
        self.start("--asset=data", "--env-file=a.env")
        self.until("one x\n")
        self.write({"data/a.txt": "two"})
        self.until("two x\n")
        self.write({"a.env": "A=y"})
        self.until("two y\n")
        self.ends(signal.SIGINT)

    def test_the_file_of_options(self):
        self.write({"main.js": "console.log(WHAT);" + STAYS, "dv8pack.json": '{"define":{"WHAT":"1"}}'})
        self.start()
        self.until("1\n")
        self.write({"dv8pack.json": '{"defin":1}'})
        self.until("there is no option 'defin'")
        self.until("dv8pack: waiting for a change\n")
        self.write({"dv8pack.json": '{"define":{"WHAT":"2"}}'})
        self.until("2\n")
        self.ends(signal.SIGINT)

    def test_an_app_that_ends(self):
        self.write({"main.js": "process.exitCode = 3; console.log('done');"})
        self.start()
        self.until("done\n")
        self.until("dv8pack: main has ended with code 3, waiting for a change\n")
        self.write({"main.js": "console.log('again');"})
        self.until("again\n")
        self.ends(signal.SIGINT)

    def test_what_cannot_be_packed(self):
        self.write({"main.js": "import './not/there.js';"})
        self.start()
        self.until('Could not resolve "./not/there.js"')
        self.until("dv8pack: waiting for a change\n")
        self.write({"main.js": "let let;" + STAYS})
        self.until("dv8pack: waiting for a change\n")
        self.write({"main.js": "import './not/there.js';" + STAYS})
        self.until("dv8pack: waiting for a change\n")
        self.write({"not/there.js": "console.log('there');"})
        self.until("there\n")
        self.ends(signal.SIGINT)

    def test_the_app_may_say_goodbye(self):
        self.write({"main.js": "process.on('SIGTERM', () => { console.log('goodbye'); process.exit(); }); console.log('ready');" + STAYS})
        self.start()
        self.until("ready\n")
        self.write({"main.js": "process.on('SIGTERM', () => console.log('no')); console.log('stubborn');" + STAYS})
        self.until("goodbye\n")
        self.until("stubborn\n")
        self.write({"main.js": "console.log('last');" + STAYS})
        self.until("no\n")
        self.until("last\n")
        self.ends(signal.SIGTERM)

    def test_a_killed_dv8pack_takes_the_app_along(self):
        self.start()
        self.until("first 1\n")
        self.process.kill()
        self.process.wait()
        time.sleep(0.5)
        left = subprocess.run(["ps", "-s", str(self.process.pid), "-o", "stat="], capture_output=True, text=True, check=False).stdout.split()
        self.assertEqual([state for state in left if state[0] != "Z"], [])

    def test_on_a_terminal(self):
        self.write({"main.js": "let times = 0; process.on('SIGINT', () => { console.log('asked', ++times); setTimeout(() => process.exit(), 200); }); console.log('ready');" + STAYS})
        terminal = Terminal(self, [e2e.dv8pack(), "run", "--watch", "main.js"], cwd=self.folder)
        terminal.until("ready\r\n")
        terminal.send("\x03")
        terminal.until("asked 1\r\n")
        self.assertNotIn("asked 2", terminal.ends(-signal.SIGINT))

    def test_wrong(self):
        for command, error in (([], "--watch is for dv8pack run\n"), (["run"], "which file does the app start with?\n  hint: dv8pack --help says how it is used\n")):
            result = e2e.run([e2e.dv8pack(), *command, "--watch", *([] if command else ["main.js"])], cwd=self.folder)
            self.assertEqual((result.code, result.out, result.err), (2, "", f"dv8pack: error: {error}"), result)
        result = e2e.run([e2e.dv8pack(), "run", "--watch", "nope.js"], cwd=self.folder)
        self.assertEqual((result.code, result.err), (1, "nope.js: error: there is no such file\n"), result)


if __name__ == "__main__":
    e2e.main()
