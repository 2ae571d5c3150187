#!/usr/bin/env python3
"""Ends ./run-tests and tests/sanitize: counts the tests in Bazel's build events, names those that did not pass.

summary.py EVENTS STATUS [HEAD]: STATUS is Bazel's exit code, HEAD is put before the counts. Exits with 0 only when Bazel did, at least
one test ran and all of them passed.
"""

import json
import sys


def read_statuses(path):
    """The tests of one run: label -> PASSED, FAILED, TIMEOUT, NO_STATUS (not built), ..."""
    statuses = {}
    with open(path, encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            event_id = event["id"]
            if "testSummary" in event_id:
                statuses[event_id["testSummary"]["label"]] = event["testSummary"]["overallStatus"]
            elif "targetConfigured" in event_id and "testSize" in event.get("configured", {}):
                statuses.setdefault(event_id["targetConfigured"]["label"], "NOT BUILT")
    return statuses


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    try:
        statuses = read_statuses(path)
    except OSError:
        statuses = {}
    failed = {label: s for label, s in statuses.items() if s != "PASSED"}
    for label in sorted(failed):
        print(f"{failed[label]}: {label}")
    passed = len(statuses) - len(failed)
    if not statuses:
        print("no test ran")
    elif status != 0 and not failed:
        print(f"bazel failed with {status}")
    head = sys.argv[3] if len(sys.argv) > 3 else ""
    print(f"{head}{passed} passed, {len(failed)} failed")
    return 0 if status == 0 and passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
