#!/usr/bin/env python3
"""Random programs of timers, immediates, ticks and promises run in Node's order (timers/program.js).

The short form compares with timers/node_orders.txt: lines `SEED ORDER`, as Node 24 ran them. With NODE
and FUZZ_PROGRAMS in the environment so many other programs are run by both, from seed FUZZ_FIRST on.
With NODE alone and UPDATE_GOLDENS=1 the orders of the short form are written anew.
"""

import concurrent.futures
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "support"))
import e2e

PROGRAM = e2e.repo("tests/fuzz/timers/program.js")
ORDERS = e2e.repo("tests/fuzz/timers/node_orders.txt")
SHORT_FORM = range(1, 33)
SLOTS = (60, 120, 240, 480, 960)  # Milliseconds: a machine that is too slow for one gets the next.
AT_ONCE = 4  # They sleep for the most part.


def order(argv, seed, slots=SLOTS):
    """How a program's callbacks came."""
    for slot in slots:
        result = e2e.run([*argv, str(seed), str(slot)])
        if result.out != "LATE\n":
            return result.out.strip() or repr(result)
    return "LATE"


def orders(argv, seeds):
    """{seed: order} of several programs."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(seeds, pool.map(lambda seed: order(argv, seed), seeds)))


def node():
    """The argv of Node's program, or None where it is not asked for."""
    if "NODE" not in os.environ:
        return None
    return [os.path.realpath(os.environ["NODE"]), PROGRAM]


class Timers(e2e.TestCase):
    """The packed program beside Node."""

    def compare(self, seeds, expected):
        argv = [self.pack(PROGRAM)]
        found = orders(argv, seeds)
        for seed in seeds:
            # A wrong order is wrong at each pace; a machine that stops for a moment is not.
            slots = iter(SLOTS[1:])
            while found[seed] != expected[seed] and (slot := next(slots, None)) is not None:
                found[seed] = order(argv, seed, [slot])
            with self.subTest(seed=seed):
                self.assertEqual(found[seed].split(), expected[seed].split())

    @unittest.skipIf("FUZZ_PROGRAMS" in os.environ, "the long form runs other programs")
    def test_nodes_order(self):
        if os.environ.get("UPDATE_GOLDENS") == "1":
            lines = [f"{seed} {found}\n" for seed, found in orders(node(), SHORT_FORM).items()]
            with open(ORDERS, "w", encoding="utf-8") as file:
                file.writelines(lines)
        with open(ORDERS, encoding="utf-8") as file:
            expected = dict(line.rstrip("\n").split(" ", 1) for line in file)
        self.assertEqual([int(seed) for seed in expected], list(SHORT_FORM))
        self.compare(list(expected), expected)

    @unittest.skipUnless("FUZZ_PROGRAMS" in os.environ, "FUZZ_PROGRAMS says how many new programs to run")
    def test_new_programs(self):
        first = int(os.environ.get("FUZZ_FIRST", time.time() % 1e6 * 1000))
        seeds = range(first, first + int(os.environ["FUZZ_PROGRAMS"]))
        self.compare(seeds, orders(node(), seeds))


if __name__ == "__main__":
    e2e.main()
