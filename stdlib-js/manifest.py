"""Prints manifest.json of the standard library in the current folder.

dv8's modules are the files themselves: dv8/fs.js is dv8:fs. Node's are those of its library: lib/fs/promises.js is
node:fs/promises, except what the library's loader (node/internal/bootstrap/realm.js) gives no program.
Usage: manifest.py globals.json LIB_FOLDER
"""

import json
import os
import re
import sys

REALM = "node/internal/bootstrap/realm.js"
# Modules that code needs without importing them, and the words that tell: all of a list. What the small start's process
# lacks is Node's library's.
WORDS = {
    "dv8:empty_buffer": [["new Buffer"]],
    "node:buffer": [["__toBinaryNode"]],  # What the bundler's loader "binary" writes.
    "node:module": [["require", ".extensions["]],
    "node:process": [
        ["process", "stdin"], ["openStdin"], ["getBuiltinModule"], ["loadEnvFile"], ["getActiveResourcesInfo"],
        ["allowedNodeEnvironmentFlags"], ["moduleLoadList"], ["setSourceMapsEnabled"], ["sourceMapsEnabled"],
        ["UncaughtExceptionCaptureCallback"], ["setuid"], ["seteuid"], ["setgid"], ["setegid"], ["setgroups"],
        ["getgroups"], ["initgroups"], ["umask"], ["threadCpuUsage"], ["availableMemory"], ["constrainedMemory"],
        ["process", "finalization"], ["process.binding"], ["process.config"], ["process.dlopen"],
        ["process.permission"], ["process.ref"], ["process.report"], ["process.unref"],
    ],
    # Asynchronous hooks of modules run in a thread.
    "node:worker_threads": [["node:module", ".register)("], ["node:module", "odule.register("], ["node:module", "default.register("]],
    "node:util": [["nodejs.util.promisify.custom"]],
}
# What programs with dv8:serve get when they name it: threads; of Node's library bodies as streams, and what else the
# web has.
SERVE = "\"dv8:serve\""
SERVE_WORDS = {
    "dv8:serve_workers": ["workers"],
    "node:buffer": [".blob(", ".formData("],
    "node:events": [".signal", "{ signal", ", signal", "signal }"],
    "node:stream/web": [".body", "[\"body\"]", "{ body", ", body", ".clone(", ".formData("],
}
for name, words in SERVE_WORDS.items():
    WORDS.setdefault(name, []).extend([SERVE, word] for word in words)
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


def ids_in(folder):
    for parent, folders, files in os.walk(folder):
        if parent == folder:
            folders.remove("internal")
        for name in files:
            stem, extension = os.path.splitext(os.path.relpath(os.path.join(parent, name), folder))
            if extension == ".js":
                yield stem


def listed(realm, name):
    """The names in `const name = new SafeSet([...])` of the library's loader."""
    return set(re.findall(r"'([^']+)'", re.search(rf"const {name} = new SafeSet\(\[(.*?)\]\)", realm, re.S)[1]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = json.load(file)
    with open(REALM, encoding="utf-8") as file:
        realm = file.read()
    modules = {}
    without_alias = listed(realm, "onlyWithScheme")
    for name in sorted(set(ids_in(sys.argv[2])) - listed(realm, "onlyWithOption")):
        modules[f"node:{name}"] = {} if name in without_alias else {"aliases": [name]}
    for name in sorted(os.listdir("dv8")):
        stem, extension = os.path.splitext(name)
        if extension == ".js":
            modules[f"dv8:{stem}"] = {"file": f"dv8/{name}"}
    for module, words in WORDS.items():
        modules[module]["words"] = words
    globals_ = {}
    for module, names in wanted["dv8"].items():
        if module not in modules:
            sys.exit(f"{sys.argv[1]}: there is no module {module}")
        for name in names:
            globals_[name] = {"module": module}
    manifest = {"bootstrap": "internal/bootstrap.js", "nodeBootstrap": "internal/node_bootstrap.js", "bootstrapGlobals": BOOTSTRAP, "core": CORE, "engineGlobals": ENGINE, "globals": globals_, "modules": modules, "nodeGlobals": wanted["node"], "standIns": wanted["standIns"]}
    print(json.dumps(manifest, indent=1, sort_keys=True))


main()
