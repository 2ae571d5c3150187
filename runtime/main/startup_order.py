"""Writes startup.order: the functions that programs call when they start, in that order.

usage: startup_order.py TOOL RUNTIME FULL_RUNTIME > startup.order

Packs the programs of startup/ with TOOL (the unpacked distribution), whose templates it replaces by bazel-bin's, which
are not stripped, and runs each under valgrind. hello is the first, so that its functions lie in the fewest pages.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "startup")


def main():
    tool, *templates = sys.argv[1:]
    seen = {}
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(tool, os.path.join(work, "tool"))
        for template, name in zip(templates, ("dv8-runtime", "dv8-runtime-full"), strict=True):
            target = os.path.join(work, "tool", "libexec", name)
            os.remove(target)
            shutil.copy(template, target)
        program, profile = os.path.join(work, "program"), os.path.join(work, "profile")
        for file in sorted(os.listdir(PROGRAMS)):
            subprocess.run([os.path.join(work, "tool/bin/dv8pack"), os.path.join(PROGRAMS, file), "-o", program], check=True)
            subprocess.run(["valgrind", "--tool=callgrind", "--demangle=no", "--callgrind-out-file=" + profile, program],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(profile, encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    match = re.match(r"c?fn=\(\d+\) (.*)$", line)
                    if match and not match[1].startswith("0x"):
                        # Callgrind counts the levels of a recursion as functions of their own.
                        seen[re.sub(r"'\d+$", "", match.group(1).strip())] = None
    print("\n".join(seen))


main()
