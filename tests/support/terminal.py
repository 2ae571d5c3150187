"""A program on a pseudo-terminal, for tests that type and read."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import e2e

ESCAPES = re.compile(r"\x1b\[[\d;]*[A-Za-z]")


class Terminal:
    """Runs argv on a terminal of its own; what came is compared without escape sequences."""

    def __init__(self, test, argv, cwd=None, env=None, rows=24, columns=80):
        self.test = test
        main, other = pty.openpty()
        self.main = main
        self.resize(rows, columns)
        self.process = subprocess.Popen(
            argv, stdin=other, stdout=other, stderr=other, close_fds=True, start_new_session=True, cwd=cwd,
            env={**e2e.CLEAN_ENV, "TERM": "xterm", **(env or {})}, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.other = other  # Open, so that what the program wrote last is not lost with it.
        test.addCleanup(os.close, main)
        test.addCleanup(os.close, other)
        test.addCleanup(self.process.kill)
        self.seen = ""
        self.raw = ""  # All that came, with escape sequences.

    def until(self, text):
        """Waits until `text` has come; gives all since the last call."""
        end = time.monotonic() + 30
        while text not in self.seen:
            if time.monotonic() > end:
                self.test.fail(f"{text!r} did not come; {self.seen!r} did")
            if not self.receive() and self.process.poll() is not None and not self.receive():
                self.test.fail(f"the program ended; {self.seen!r} came")
        got, self.seen = self.seen.split(text, 1)
        return got + text

    def receive(self):
        """Takes what the program writes within 0.2 s; False when that is nothing."""
        if not select.select([self.main], [], [], 0.2)[0]:
            return False
        data = os.read(self.main, 65536).decode("utf-8", "replace")
        self.raw += data
        self.seen += ESCAPES.sub("", data)
        return True

    def send(self, text):
        os.write(self.main, text.encode())

    def line(self, text, expected):
        self.send(text + "\r")
        self.until("\r\n")
        return self.until(expected)

    def resize(self, rows, columns):
        """Gives the terminal a size; its foreground processes get SIGWINCH."""
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def is_raw(self):
        return not termios.tcgetattr(self.main)[3] & termios.ICANON

    def ends(self, code=0):
        """Waits for the program's end; gives what it wrote since the last call."""
        self.test.assertEqual(self.process.wait(20), code, self.raw)
        while self.receive():
            pass
        return self.seen
