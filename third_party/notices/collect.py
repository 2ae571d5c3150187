#!/usr/bin/env python3
"""Writes the notices of everything that is linked into an app or shipped with the packer.

collect.py OUT SOURCE...; a SOURCE is one of
  NAME=FILE     a licence file, as upstream ships it
  tree:NAME=FILE  the same, and every licence file in the folders under FILE's own
  debian:NAME=PACKAGE  the copyright file of an installed Debian package
  npm:FOLDER    every package of a node_modules folder
"""

import glob
import json
import os
import re
import sys

LICENCE = re.compile(r"(?i)^(licen[cs]es?|copying|copyright|notice)([-.].*)?$")
SOURCE_CODE = re.compile(r"\.(cc|h|py|js|ts)$")


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip() + "\n"


def licence_files(folder, depth):
    """Licence files in a folder and `depth` levels under it, by path."""
    found = []
    for base, folders, names in os.walk(folder, followlinks=True):
        level = os.path.relpath(base, folder).count(os.sep) + (base != folder)
        folders[:] = sorted(folders) if level < depth else []
        found += [os.path.join(base, n) for n in sorted(names) if LICENCE.match(n) and not SOURCE_CODE.search(n)]
    return found


def tree(name, path):
    """The upstream's own licence first, then those of what it carries."""
    folder = os.path.dirname(path)
    yield name, read(path)
    for other in licence_files(folder, 4):
        if not os.path.samefile(other, path):
            yield f"{name}: {os.path.relpath(other, folder)}", read(other)


def debian(name, package):
    """The copyright file of the package; libstdc++'s carries the compiler's version in its name."""
    paths = sorted(glob.glob(f"/usr/share/doc/{package}/copyright"))
    if not paths:
        sys.exit(f"notices: {package} has no copyright file in /usr/share/doc; is the package installed without documentation?")
    yield name, read(paths[-1])


def npm(folder):
    """Each package's name, version and licence; nested copies of a package count once."""
    seen = set()
    for path in sorted(glob.glob(f"{folder}/**/package.json", recursive=True)):
        base = os.path.dirname(path)
        if os.path.basename(os.path.dirname(base)) != "node_modules" and not os.path.basename(os.path.dirname(base)).startswith("@"):
            continue
        with open(path, encoding="utf-8") as file:
            package = json.load(file)
        title = f"{package.get('name')} {package.get('version')} (npm)"
        if title in seen or not package.get("version"):
            continue
        seen.add(title)
        files = licence_files(base, 0)
        terms = f"License: {package.get('license')}\n"
        yield title, terms + "\n".join([""] + [read(f) for f in files]) if files else terms


def notices(sources):
    for source in sources:
        if source.startswith("npm:"):
            yield from npm(source[len("npm:"):])
            continue
        name, path = source.split("=", 1)
        if name.startswith("tree:"):
            yield from tree(name[len("tree:"):], path)
        elif name.startswith("debian:"):
            yield from debian(name[len("debian:"):], path)
        else:
            yield name, read(path)


def main():
    out, sources = sys.argv[1], sys.argv[2:]
    parts = list(notices(sources))
    rule = "=" * 80
    with open(out, "w", encoding="utf-8") as file:
        file.write("dv8pack, and the apps it makes, contain software under these licences:\n\n")
        file.writelines(f"  {name}\n" for name, _ in parts)
        for name, text in parts:
            file.write(f"\n{rule}\n{name}\n{rule}\n\n{text}")


if __name__ == "__main__":
    main()
