#!/usr/bin/env python3
"""Prompts of packed programs on a terminal: they end, and keys reach who asked for them."""

import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e
from terminal import Terminal

FOLDER = os.path.join(os.path.dirname(os.path.realpath(__file__)), "terminal")


class TerminalTest(e2e.TestCase):
    app = None

    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack(os.path.join(FOLDER, "main.mjs"))

    def start(self, program, until, **kwargs):
        terminal = Terminal(self, [self.app, program], **kwargs)
        terminal.until(until)
        return terminal

    def ends(self, terminal, code=0):
        """The program ends and leaves the terminal as it was."""
        rest = terminal.ends(code)
        self.assertFalse(terminal.is_raw(), "the terminal is left in raw mode")
        return rest

    def test_a_question_ends(self):
        t = self.start("question", "name? ")
        t.line("Ann", "hello Ann\r\n")
        self.ends(t)

    def test_questions_of_promises_end(self):
        t = self.start("promises", "name? ")
        t.line("B\u00e9\u65e5", "town? ")
        t.line("x\x7fRome", "B\u00e9\u65e5 of Rome\r\n")
        self.ends(t)

    def test_a_promised_question_is_abandoned(self):
        t = self.start("abandoned", "name? ")
        t.send("An\x03")
        t.until("AbortError Aborted with Ctrl+C\r\n")
        self.ends(t)
        t = self.start("abandoned", "name? ")
        t.send("\x04")
        t.until("AbortError Aborted with Ctrl+D\r\n")
        self.ends(t)

    def test_ctrl_c_reaches_the_interface(self):
        t = self.start("interrupt", "wait? ")
        t.send("abc\x03")
        t.until('interrupted "abc"\r\n')
        self.ends(t)

    def test_ctrl_c_closes_without_a_listener(self):
        t = self.start("closes", "wait? ")
        t.send("\x03")
        t.until("closed\r\n")
        self.ends(t)

    def test_lines_and_ctrl_d(self):
        t = self.start("lines", "$ ")
        t.line("one", 'line "one"\r\n')
        t.until("$ ")
        t.send("two\rthree\r")
        t.until('line "three"\r\n$ ')
        t.send("\x04")
        t.until("closed\r\n")
        self.ends(t)

    def test_history(self):
        t = self.start("lines", "$ ")
        t.line("first", "$ ")
        t.line("second", "$ ")
        t.line("\x1b[A\x1b[A", 'line "first"\r\n$ ')
        t.line("se\x1b[A", 'line "second"\r\n$ ')
        t.line("draft\x1b[A\x1b[B!", 'line "draft!"\r\n$ ')
        t.send("\x04")
        self.ends(t)

    def test_editing(self):
        t = self.start("lines", "$ ")
        t.line("13\x1b[D2\x05\x1b[D\x1b[C4", 'line "1234"\r\n$ ')
        t.line("ab cd\x17ef\x01x", 'line "xab ef"\r\n$ ')
        t.line("gone\x15kept\x1b[H\x1b[3~", 'line "ept"\r\n$ ')
        t.line("one two\x1bb\x0b\x19\x19", 'line "one twotwo"\r\n$ ')
        t.line("\U0001F600x\x1b[D\x7f", 'line "x"\r\n$ ')
        t.line("ab\x1f\x1fb", 'line "b"\r\n$ ')
        t.line("w" * 200 + "\x1b[H-", f'line "-{"w" * 200}"\r\n$ ')
        t.send("\x04")
        self.ends(t)

    def test_completion(self):
        t = self.start("complete", "fruit: ")
        t.send("a")
        t.until("a")
        t.send("\t")
        t.until("ppl")
        time.sleep(0.2)  # Together with what came before it would be a paste.
        t.send("\t")
        t.until("apple")
        t.until("apply")
        t.until("fruit: appl")
        t.line("y", "= apply\r\n")
        self.ends(t)

    def test_a_password_in_raw_mode_ends(self):
        t = self.start("password", "password: ")
        t.send("secret\x03\r")
        t.until("7 keys\r\n")
        self.assertNotIn("secret", t.raw)
        self.ends(t)

    def test_a_muted_question_ends(self):
        t = self.start("muted", "secret: ")
        t.send("hidden\r")
        t.until("6 keys\r\n")
        self.assertNotIn("hidden", t.raw)
        self.ends(t)

    def test_a_child_gets_the_keys(self):
        t = self.start("child", "edit? ")
        t.line("yes", "editor\r\n")
        t.send("for the child\n")
        t.until("read for the child\r\n")
        t.until("the editor is done")
        t.until("more? ")
        t.line("later", "more later\r\n")
        self.ends(t)

    def test_a_paused_input_goes_on(self):
        t = self.start("paused", "ready\r\n")
        t.send("one\n")
        t.until('got "one\\n"\r\n')
        t.send("two\n")
        t.until("resumed\r\n")
        t.until('then "two\\n"\r\n')
        self.ends(t)

    def test_keys(self):
        t = self.start("keys", "ready true true\r\n")
        for keys, seen in [
            ("a", '["a","a",false,false,false]'), ("Z", '["Z","z",false,false,true]'), ("\x01", '["\\u0001","a",true,false,false]'),
            ("\x1b[A", '[null,"up",false,false,false]'), ("\x03", '["\\u0003","c",true,false,false]'),
        ]:
            t.send(keys)
            t.until(seen + "\r\n")
        t.send("q")
        self.ends(t, 6)

    def test_resize(self):
        t = self.start("resize", "ready 80x24\r\n")
        t.resize(30, 100)
        t.until("resized to 100x30\r\n")
        self.ends(t)

    def test_raw_mode_ends_with_the_program(self):
        t = self.start("raw_exit", "raw\r\n")
        self.assertTrue(t.is_raw())
        t.send("x")
        self.ends(t, 3)

    def test_raw_mode_ends_with_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            t = self.start("raw_exit", "raw\r\n")
            t.process.send_signal(number)
            self.ends(t, -number)


if __name__ == "__main__":
    e2e.main()
