"""Prints manifest.json of the standard library in the current folder.

Modules are the files themselves: node_old/fs_promises.js is node:fs/promises, web/url.js is
dv8:globals/url. Usage: manifest.py globals.json
"""

import json
import os
import sys

# node/<a>_<b>.js where <b> is one of these is node:<a>/<b>; other underscores are part of the name.
SUBPATHS = {"consumers", "posix", "promises", "strict", "types", "web", "win32"}
# These have no name without "node:".
ONLY_WITH_SCHEME = {"sea", "sqlite", "test"}
# Modules that code needs without importing them, and the word that tells.
WORDS = {
    "dv8:empty_buffer": "new Buffer",
    "dv8:fs_read_stream": "ReadStream",
    "dv8:fs_write_stream": "WriteStream",
    "dv8:globals/blob": "Blob",
    "dv8:globals/buffer": "__toBinaryNode",
    "dv8:stdin": "stdin",
    "dv8:tty_read_stream": "ReadStream",
}
# Globals of every program that --env=core leaves out when the program does not name them: the
# engine's, and the bootstrap's.
ENGINE = [
    "AggregateError", "AsyncDisposableStack", "DisposableStack", "FinalizationRegistry", "Float16Array", "Intl",
    "Iterator", "SuppressedError", "WeakRef",
]
BOOTSTRAP = [
    "clearImmediate", "clearInterval", "clearTimeout", "process", "queueMicrotask", "setImmediate", "setInterval",
    "setTimeout",
]
# Those of dv8:core that --env=core gives every program.
CORE = ["Buffer", "gc", "module", "print", "require", "shutdown", "version"]


def node_name(stem):
    base, _, last = stem.rpartition("_")
    return f"{base}/{last}" if last in SUBPATHS and base else stem


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = json.load(file)
    modules = {}
    for family in ("node", "dv8", "web"):
        folder = "node_old" if family == "node" else family
        for name in sorted(os.listdir(folder)):
            stem, extension = os.path.splitext(name)
            if extension != ".js":
                continue
            entry = {"file": f"{folder}/{name}"}
            if family == "node":
                public = node_name(stem)
                if public not in ONLY_WITH_SCHEME:
                    entry["aliases"] = [public]
                modules[f"node:{public}"] = entry
            else:
                modules[f"dv8:globals/{stem}" if family == "web" else f"dv8:{stem}"] = entry
    for module, word in WORDS.items():
        modules[module]["word"] = word
        # Node's own library has its own of all the others.
        if module != "dv8:empty_buffer":
            modules[module]["imitation"] = True
    # Those that only Node's own library has.
    for public in ("sea", "test", "test/reporters"):
        modules[f"node:{public}"] = {"file": ""}
    globals_ = {}
    for module, names in wanted.items():
        if module not in modules:
            sys.exit(f"{sys.argv[1]}: there is no module {module}")
        for name in names:
            globals_[name] = {"module": module}
    manifest = {"bootstrap": "internal/bootstrap.js", "nodeBootstrap": "internal/node_bootstrap.js", "bootstrapGlobals": BOOTSTRAP, "core": CORE, "engineGlobals": ENGINE, "globals": globals_, "modules": modules}
    print(json.dumps(manifest, indent=1, sort_keys=True))


main()
