"""Prints the internal modules that are evaluated at their first use, one a line.

usage: lazy_modules.py, in the library's folder

They are what some module requires inside a function, and what those import, unless the
bootstrap imports it anyway. The build turns them into CommonJS: esbuild then keeps each as
one function, whose inner functions do not exist until it is called. As ES modules all their
functions would be made in every program's snapshot.
"""

import os
import re

IMPORT = re.compile(r"^(?:import|export)\b[^;]*?from\s*'(\.[^']+)';|^import\s*'(\.[^']+)';", re.M)
REQUIRE = re.compile(r"\brequire\('(\.[^']+)'\)")


def resolve(base, target):
    return os.path.normpath(os.path.join(os.path.dirname(base), target))


def main():
    imports, required = {}, set()
    for folder in ("internal", "node", "web", "dv8"):
        for name in sorted(os.listdir(folder)):
            path = f"{folder}/{name}"
            with open(path, encoding="utf-8") as file:
                text = file.read()
            imports[path] = [resolve(path, a or b) for a, b in IMPORT.findall(text)]
            required.update(resolve(path, target) for target in REQUIRE.findall(text))

    def closure(roots):
        seen, queue = set(), sorted(roots)
        while queue:
            path = queue.pop()
            if path not in seen:
                seen.add(path)
                queue += imports.get(path, [])
        return seen

    lazy = closure(required) - closure({"internal/bootstrap.js"})
    print("\n".join(sorted(path for path in lazy if path.startswith("internal/"))))


main()
