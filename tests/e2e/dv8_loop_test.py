#!/usr/bin/env python3
"""dv8's timer, os, process and loop."""

import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class LoopTest(e2e.TestCase):
    def test_timer(self):
        self.assert_prints("timer.js")

    def test_timer_in_its_own_callback(self):
        self.assert_prints("timer_in_its_own_callback.js")

    def test_again_begins_the_repeat(self):
        self.assert_prints("again_begins_the_repeat.js")

    def test_a_timer_that_is_stopped_does_not_fire(self):
        self.assert_prints("a_timer_that_is_stopped_does_not_fire.js")

    def test_a_timer_whose_callback_throws_goes_on(self):
        self.assert_prints("a_timer_whose_callback_throws_goes_on.js")

    def test_shutdown_in_a_timers_callback(self):
        self.assert_prints("shutdown_in_a_timers_callback.js")

    def test_timer_checks_its_arguments(self):
        self.assert_prints("timer_checks_its_arguments.js")

    def test_dropped_timers_are_collected_and_running_ones_are_not(self):
        self.assert_prints("dropped_timers_are_collected_and_running_ones_are_not.js", "--v8-flags=--expose-gc")

    def test_signals(self):
        app = self.pack_program("signals.js")
        process = subprocess.Popen([app], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.kill)
        head = [process.stdout.readline().decode().strip() for _ in range(5)]
        self.assertEqual(head, ["0 -22", "onSignal: 0 is no signal's number", "onSignal: 1.5 is no signal's number", "onSignal: a callback is needed", "ready"])
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.stdout.readline(), b"got 15\n")
        self.assertEqual(process.wait(20), 0)
        process.stdout.close()

    def test_a_signals_callback_may_close_its_watch(self):
        self.assert_prints("a_signals_callback_may_close_its_watch.js")

    def test_a_signals_callback_that_throws(self):
        self.assert_prints("a_signals_callback_that_throws.js")

    def test_shutdown_in_a_signals_callback(self):
        self.assert_prints("shutdown_in_a_signals_callback.js")

    def test_dropped_watches_are_collected(self):
        self.assert_prints("dropped_watches_are_collected.js", "--v8-flags=--expose-gc")

    def test_one_os_watches_several_signals(self):
        self.assert_prints("one_os_watches_several_signals.js")

    def test_process(self):
        self.assert_prints("process.js")

    def test_each_slot_of_the_memory_usage(self):
        self.assert_prints("each_slot_of_the_memory_usage.js")

    def test_cpu_usage_is_in_microseconds_of_user_and_system(self):
        self.assert_prints("cpu_usage_is_in_microseconds_of_user_and_system.js")

    def test_run_once_waits_for_something(self):
        # One turn that does not wait takes microseconds: 1000 of them do not reach the timer.
        self.assert_prints("run_once_waits_for_something.js")

    def test_what_the_loop_calls_may_throw(self):
        self.assert_prints("what_the_loop_calls_may_throw.js")

    def test_shutdown_in_what_the_loop_calls(self):
        self.assert_prints("shutdown_in_what_the_loop_calls.js")

    def test_loop(self):
        self.assert_prints("loop.js")

    def test_what_the_loop_itself_calls(self):
        self.assert_prints("idle_prepare_and_check_take_turns.js")
        self.assert_prints("an_unreferenced_loop.js")
        self.assert_prints("a_loop_referenced_again.js")
        self.assert_prints("reset.js")

    def test_nothing_opens_while_the_snapshot_is_made(self):
        folder = e2e.scratch()
        e2e.write_tree(folder, {"main.js": "const { Timer } = require('dv8:timer'); new Timer(); dv8.main(() => {});"})
        result = e2e.run([e2e.dv8pack(), "--snapshot=app", "main.js", "-o", "app"], cwd=folder)
        self.assertEqual(result.code, 1)
        self.assertIn("A handle cannot be opened while the snapshot is made", result.err)


if __name__ == "__main__":
    e2e.main()
