"""The TypeScript compiler for --snapshot=app: everything up to its last statements runs while packing."""

import os

_RUN = "executeCommandLine(sys, noop, sys.args);"
_BLOCKING = "if (sys.setBlocking) {\n  sys.setBlocking();\n}\n"


def write(package):
    """Writes lib/_tsc_app.js beside lib/_tsc.js of a `typescript` package; gives its path.

    What tsc does with the process (its arguments, its streams) moves into dv8.main.
    """
    with open(os.path.join(package, "lib", "_tsc.js"), encoding="utf-8") as file:
        text = file.read()
    for part in (_RUN, _BLOCKING):
        if text.count(part) != 1:
            raise ValueError(f"this TypeScript has no single {part!r}")
    text = text.replace(_BLOCKING, "").replace(
        _RUN, f"dv8.main(() => {{\n{_BLOCKING}sys.args = process.argv.slice(2);\n{_RUN}\n}});"
    )
    path = os.path.join(package, "lib", "_tsc_app.js")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path
