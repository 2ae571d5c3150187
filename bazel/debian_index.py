#!/usr/bin/python3
"""Prints where Debian keeps the newest file of a series now: its path in the pool, then its SHA-256.

    debian_index.py SITE SUITE NAME SERIES

NAME is a source package, whose upstream tarball is wanted, or a package with ".deb" after its name.
SERIES is what the version begins with ("24."). The answer comes out of SUITE's index at SITE (a URL),
which apt fetches and verifies against Debian's archive keyring. apt's configuration and all that it
writes are in a folder of this run's own. Of the machine's configuration it has the proxies, and
whether indexes may be old: those of a mirror that keeps a state of the past are.
"""

import functools
import os
import re
import subprocess
import sys
import tempfile

KEYRINGS = ["/usr/share/keyrings/debian-archive-keyring." + kind for kind in ("pgp", "gpg")]

# "Dir" moves all folders of apt's. The rest says again what apt's defaults say: no index without a good signature.
CONFIGURATION = """Dir "{folder}";
APT::Architectures {{ "amd64"; }};
Acquire::Languages "none";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
"""


def run(args, **kwargs):
    """The command's output; exits with what it said when it fails."""
    result = subprocess.run(args, capture_output=True, text=True, check=False, **kwargs)
    if result.returncode:
        sys.exit((result.stderr or result.stdout).strip())
    return result.stdout


def set_up(folder, site, suite, kind):
    """Writes apt's configuration into `folder`; returns the environment that makes apt use it."""
    os.chmod(folder, 0o755)  # apt's downloads run as a user of their own.
    for path in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "etc/apt/trusted.gpg.d",
                 "var/cache/apt/archives/partial", "var/lib/apt/lists/partial", "var/lib/dpkg"):
        os.makedirs(os.path.join(folder, path))
    keyring = next((path for path in KEYRINGS if os.path.exists(path)), None)
    if keyring is None:
        sys.exit(f"{KEYRINGS[0]} is missing: apt-get install --no-install-recommends debian-archive-keyring")
    taken_over = re.findall(r"^Acquire::(?:https?::|Check-Valid-Until ).*$", run(["apt-config", "dump"]), re.MULTILINE)
    files = {
        "apt.conf": CONFIGURATION.format(folder=folder) + "".join(line + "\n" for line in taken_over),
        "etc/apt/sources.list": f"{kind} [arch=amd64 signed-by={keyring}] {site} {suite} main\n",
        "var/lib/dpkg/status": "",
    }
    for path, text in files.items():
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            file.write(text)
    return {**os.environ, "APT_CONFIG": os.path.join(folder, "apt.conf"), "LC_ALL": "C"}


def stanzas(text):
    """Field -> value, for each paragraph of a control file; lines of a value are split by newlines."""
    for paragraph in text.strip().split("\n\n"):
        joined = re.sub(r"\n[ \t]+", "\0", paragraph)
        fields = (line.partition(":") for line in joined.split("\n"))
        yield {name: value.strip(" \0").replace("\0", "\n") for name, _, value in fields}


def compare(one, other):
    """Like cmp(), of Debian's versions."""
    if one == other:
        return 0
    is_newer = subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0
    return 1 if is_newer else -1


def file_of(name, stanza):
    """(path in the pool, SHA-256) of the upstream tarball, or of the package."""
    if "Filename" in stanza:
        return stanza["Filename"], stanza["SHA256"]
    tarball = re.compile(re.escape(name) + r"_[^/]*\.orig\.tar\.\w+")
    for line in stanza["Checksums-Sha256"].split("\n"):
        sha256, _, file = line.split()
        if tarball.fullmatch(file):
            return stanza["Directory"] + "/" + file, sha256
    sys.exit(f"{name} {stanza['Version']} has no upstream tarball")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    site, suite, name, series = sys.argv[1:]
    is_binary = name.endswith(".deb")
    name = name.removesuffix(".deb")
    with tempfile.TemporaryDirectory(prefix="dv8-apt-") as folder:
        env = set_up(folder, site, suite, "deb" if is_binary else "deb-src")
        run(["apt-get", "-qq", "-o", "APT::Update::Error-Mode=any", "update"], env=env)
        show = ["show", "--all-versions"] if is_binary else ["showsrc", "--only-source"]
        found = list(stanzas(run(["apt-cache", *show, name], env=env)))
    versions = {stanza["Version"]: stanza for stanza in found if "Version" in stanza}
    wanted = [version for version in versions if version.startswith(series)]
    if not wanted:
        sys.exit(f"{suite} has no {name} {series}*" + (", only " + ", ".join(versions) if versions else ""))
    print(*file_of(name, versions[max(wanted, key=functools.cmp_to_key(compare))]))


if __name__ == "__main__":
    main()
