"""The program that takes node's command line: tests/conformance/node_program.js, packed."""

import os

import e2e


def pack(folder, *options):
    """Packs it into `folder` and gives its path."""
    # Who runs it may be nobody.
    os.chmod(folder, 0o755)
    path = os.path.join(folder, "node")
    # Node has all of ICU's data.
    packed = e2e.run([e2e.dv8pack(), "--icu=full", *options, e2e.repo("tests/conformance/node_program.js"), "-o", path], timeout=300)
    if packed.code != 0:
        raise RuntimeError(f"packing the node-like program: {packed}")
    return path


def tree():
    """Node's source: what @node_tests//:tests names lies in test/."""
    return os.path.dirname(os.path.dirname(os.path.realpath(os.environ["NODE_TESTS"])))
