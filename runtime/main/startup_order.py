"""Writes startup.order: the functions that programs call when they start, in that order.

usage: startup_order.py CALLGRIND_OUT... > startup.order

The inputs are the profiles of a few small packed programs, whose runtime was not stripped:
valgrind --tool=callgrind --demangle=no --callgrind-out-file=FILE ./program
"""

import re
import sys


def main():
    seen = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as profile:
            for line in profile:
                match = re.match(r"c?fn=\(\d+\) (.*)$", line)
                if match and not match[1].startswith("0x"):
                    # Callgrind counts the levels of a recursion as functions of their own.
                    seen[re.sub(r"'\d+$", "", match.group(1).strip())] = None
    print("\n".join(seen))


main()
