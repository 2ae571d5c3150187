#!/usr/bin/env python3
"""dv8pack repl, through a pseudo-terminal and through a pipe."""

import os
import stat
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e
from terminal import Terminal


class ReplTest(e2e.TestCase):
    def start(self, home=None):
        home = home or e2e.scratch()
        terminal = Terminal(self, [e2e.dv8pack(), "repl"], cwd=home, env={"HOME": home})
        terminal.until("> ")
        return terminal

    def end(self, terminal, keys="\x04"):
        terminal.send(keys)
        terminal.ends()

    def test_evaluates_and_keeps_what_is_declared(self):
        t = self.start()
        t.line("1 + 1", "2\r\n")
        t.line("const a = [1, {b: 'x'}]", "undefined\r\n")
        t.line("a", "[ 1, { b: 'x' } ]\r\n")
        t.line("_.length", "2\r\n")
        t.line("{ x: 1 }", "{ x: 1 }\r\n")
        t.line("throw new Error('mine')", "Uncaught Error: mine")
        t.line("nope", "Uncaught ReferenceError: nope is not defined")
        t.line("a[1].b", "'x'\r\n")
        self.end(t)

    def test_colours_on_a_terminal(self):
        t = self.start()
        t.line("1 + 1", "2\r\n")
        self.assertIn("\x1b[33m2\x1b[39m", t.raw)
        self.end(t)

    def test_keys_that_come_while_a_script_runs(self):
        t = self.start()
        t.send("for (const end = Date.now() + 500; Date.now() < end;);\r")
        t.until("\r\n")
        t.send("6 * 7\r")
        t.until("42\r\n")
        t.send("await new Promise((done) => setTimeout(done, 300, 'late'))\r")
        t.until("\r\n")
        t.send("'typed ' + _\r")
        t.until("'typed late'\r\n")
        t.send("await new Promise((done) => setTimeout(done, 60000))\r")
        t.until("\r\n")
        time.sleep(0.2)
        t.send("\x03")
        t.until("interrupted by SIGINT\r\n")
        t.send("for (const end = Date.now() + 500; Date.now() < end;);\r")
        t.until("\r\n")
        self.end(t)

    def test_several_lines(self):
        t = self.start()
        t.line("function f(x) {", "... ")
        t.line("return x + 1;", "... ")
        t.line("}", "undefined\r\n")
        t.line("f(", "... ")
        t.line("41)", "42\r\n")
        t.line("`one", "... ")
        t.line("two`", "'one\\ntwo'\r\n")
        t.send("if (true) {\r")
        t.until("... ")
        t.send("\x03")
        t.until("> ")
        t.line("'fresh'", "'fresh'\r\n")
        self.end(t)

    def test_top_level_await_and_modules(self):
        t = self.start()
        t.line("await Promise.resolve(7)", "7\r\n")
        t.line("const { promises } = await import('node:fs')", "undefined\r\n")
        t.line("typeof promises.readFile", "'function'\r\n")
        t.line("const n = await new Promise((done) => setTimeout(() => done(5), 20))", "undefined\r\n")
        t.line("n + 1", "6\r\n")
        t.line("await Promise.reject(new Error('rejected'))", "Uncaught Error: rejected")
        t.line("require('path').join('a', 'b')", "'a/b'\r\n")
        t.line("typeof require('dv8:tty').TTY", "'function'\r\n")
        t.line("setTimeout(() => { throw new Error('later') }, 1); 0", "Uncaught Error: later")
        t.line("'still here'", "'still here'\r\n")
        self.end(t)

    def test_ctrl_c_interrupts_a_loop(self):
        if e2e.delays_signals():
            self.skipTest("ThreadSanitizer's loop never gets the signal")
        t = self.start()
        t.send("for (;;);\r")
        time.sleep(0.5)
        t.send("\x03")
        t.until("Uncaught Error: Script execution was interrupted by SIGINT")
        t.line("'after'", "'after'\r\n")
        t.send("half a line\x03")
        t.until("> ")
        t.line("'clean'", "'clean'\r\n")
        self.end(t)

    def test_editing(self):
        t = self.start()
        t.line("13\x1b[D\x1b[D2\x1b[C4\x1b[F5", "21435\r\n")  # Arrows and End.
        t.line("x'abc\x1b[H\x1b[3~\x05'", "'abc'\r\n")  # Home, Delete, Ctrl-E.
        t.line("'ab'\x7f\x7fc'", "'ac'\r\n")
        t.line("garbage\x15'kept'", "'kept'\r\n")
        t.line("'one two\x17three'", "'one three'\r\n")
        t.line("'h\u00e9 \u65e5\u672c \U0001F600x\x7f'", "'h\u00e9 \u65e5\u672c \U0001F600'\r\n")
        self.end(t, ".exit\r")

    def test_completion(self):
        t = self.start()
        t.line("const longName = { alphaOne: 1, alphaTwo: 2, beta: 3 }", "undefined\r\n")
        t.line("longN\t.be\t", "3\r\n")
        t.send("longName.al\t")
        t.until("alpha")
        t.send("\t")
        t.until("alphaOne")
        t.until("alphaTwo")
        t.line("One", "1\r\n")
        t.line("Math.ma\t(1, 2)", "2\r\n")
        t.line("require('pat\t').sep", "'/'\r\n")
        t.line("[1,2].le\t", "\r\n")
        self.end(t)

    def test_history_lasts(self):
        home = e2e.scratch()
        t = self.start(home)
        t.line("'first'", "'first'\r\n")
        t.line("'second'", "'second'\r\n")
        t.send("\x1b[A\x1b[A\x1b[B\x1b[A\r")
        t.until("\r\n")
        t.until("'first'\r\n")
        self.end(t)
        path = os.path.join(home, ".dv8pack_history")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        t = self.start(home)
        t.send("\x1b[A\x1b[A\r")
        t.until("\r\n")
        t.until("'second'\r\n")
        self.end(t)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "'first'\n'second'\n'first'\n'second'\n")

    def test_a_pipe_has_no_prompt(self):
        result = e2e.run([e2e.dv8pack(), "repl"], stdin="1 + 1\nconst a = [\n1,\n2]\na\nawait 5\n")
        self.assertEqual((result.code, result.out, result.err), (0, "2\nundefined\n[ 1, 2 ]\n5\n", ""))
        result = e2e.run([e2e.dv8pack(), "repl"], stdin="throw new TypeError('no')\n'goes on'\nfunction (\n")
        self.assertEqual((result.code, result.out), (1, "'goes on'\n"))
        self.assertIn("Uncaught TypeError: no", result.err)

    def test_usage(self):
        result = e2e.run([e2e.dv8pack(), "repl", "x.js"])
        self.assertEqual((result.code, result.err), (2, "dv8pack: error: repl takes no file: 'x.js'\n"))


if __name__ == "__main__":
    e2e.main()
