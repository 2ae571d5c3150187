"""Repository rules for what the project is made of: upstream sources, Debian's static libraries, npm packages."""

_PUBLIC = "package(default_visibility = [\"//visibility:public\"])\n\n"
_LIBDIR = "/usr/lib/x86_64-linux-gnu/"

def _run(rctx, args, **kwargs):
    result = rctx.execute(args, **kwargs)
    if result.return_code != 0:
        fail("%s\nfailed (%d):\n%s%s" % (
            " ".join([str(a) for a in args]),
            result.return_code,
            result.stdout,
            result.stderr,
        ))
    return result.stdout

def _sha256(rctx, path):
    return _run(rctx, ["sha256sum", path]).split(" ")[0].lstrip("\\")

_DEBIAN = "http://deb.debian.org/debian"

def _mirrors(rctx):
    """The sites that this machine's apt uses for Debian's suites, each once, then Debian's own."""
    result = rctx.execute(["apt-get", "indextargets", "--format", "$(SITE) $(ORIGIN)"])
    sites = []
    for line in result.stdout.splitlines() if result.return_code == 0 else []:
        site, _, origin = line.partition(" ")
        if origin == "Debian" and site not in sites:
            sites.append(site)
    return sites + ([] if _DEBIAN in sites else [_DEBIAN])

def _download(rctx, url, sha256):
    """Puts the file at `url` here as "file"; what is wrong with it, if anything."""
    rctx.report_progress("fetching " + url)
    result = rctx.execute(["/usr/lib/apt/apt-helper", "download-file", url, "file", "SHA256:" + sha256], timeout = 1800)
    return "" if result.return_code == 0 else _errors(result)

def _errors(result):
    """What apt's program told as errors."""
    lines = [line[3:] for line in result.stderr.splitlines() if line.startswith("E: ") and line != "E: Download Failed"]
    return "; ".join(lines) or result.stderr.strip()

def _get_pinned(rctx):
    """Puts the pinned file here, from DV8_DISTDIR or a mirror's pool; what was tried, when it cannot be had."""
    name = rctx.attr.pool.split("/")[-1]
    tried = []
    distdir = rctx.os.environ.get("DV8_DISTDIR", "")
    if distdir:
        path = rctx.path(distdir + "/" + name)
        found = _sha256(rctx, path) if path.exists else ""
        if found == rctx.attr.sha256:
            rctx.symlink(path, "file")
            return []
        tried.append("%s has sha256 %s" % (path, found) if found else "%s is not there" % path)
    for site in _mirrors(rctx):
        problem = _download(rctx, site + "/" + rctx.attr.pool, rctx.attr.sha256)
        if not problem:
            return []
        tried.append("%s: %s" % (site, problem))
    return tried

def _get_newest(rctx):
    """Puts the newest file of the series here that Debian's signed index has.

    Returns its name, or none and what was tried."""
    name = rctx.attr.pool.split("/")[-1]
    package = name.split("_")[0] + (".deb" if name.endswith(".deb") else "")
    tried = []
    for site in _mirrors(rctx):
        rctx.report_progress("asking Debian's index for %s %s*" % (package, rctx.attr.series))
        result = rctx.execute(
            ["/usr/bin/python3", rctx.path(rctx.attr._index), site, rctx.attr.suite, package, rctx.attr.series],
            timeout = 1800,
        )
        problem = _errors(result)
        if result.return_code == 0:
            pool, sha256 = result.stdout.strip().split(" ")
            problem = _download(rctx, site + "/" + pool, sha256)
            if not problem:
                return pool.split("/")[-1], []
        tried.append("%s: %s" % (site, problem))
    return "", tried

def _debian_file_impl(rctx):
    name = rctx.attr.pool.split("/")[-1]
    tried = _get_pinned(rctx)
    if tried:
        newest, tried_now = _get_newest(rctx)
        if not newest:
            fail("\n".join(
                ["cannot get %s (sha256 %s):" % (name, rctx.attr.sha256)] +
                ["  " + line for line in tried] +
                ["Nor can another %s* of Debian %s be had:" % (rctx.attr.series, rctx.attr.suite)] +
                ["  " + line for line in tried_now] +
                ["Put %s into a folder and name the folder in the environment variable DV8_DISTDIR (snapshot.debian.org keeps old files)." % name],
            ))

        # ./dv8pack and ./run-tests show lines that end so.
        # buildifier: disable=print
        print("\n  ".join(["%s cannot be had:" % name] + tried) + "\n%s, out of Debian's signed index, is taken instead." % newest)
    if name.endswith(".deb"):  # A package of sources that are generated.
        _run(rctx, ["sh", "-c", "dpkg-deb --fsys-tarfile file > tar && rm file"])
    else:
        _run(rctx, ["mv", "file", "tar"])
    rctx.file("BUILD.bazel")

debian_file = repository_rule(
    implementation = _debian_file_impl,
    attrs = {
        "pool": attr.string(mandatory = True, doc = "Pool path of a source package's upstream tarball, or of a package."),
        "sha256": attr.string(mandatory = True, doc = "Of the file at `pool`."),
        "series": attr.string(mandatory = True, doc = "What another version must begin with to be taken when this one is gone."),
        "suite": attr.string(mandatory = True, doc = "The suite of Debian whose index tells of other versions."),
        "_index": attr.label(default = "//bazel:debian_index.py"),
    },
    environ = ["DV8_DISTDIR"],
    doc = """A file of Debian's, as `tar`: the pinned one, from the folder DV8_DISTDIR or a mirror's pool; when it is
gone from there, the newest of its series.""",
)

def _upstream_impl(rctx):
    into = rctx.attr.prefix or "."
    rctx.file(into + "/.unpacked")

    # A pattern without wildcards would not match below the version-named top folder.
    wanted = [arg for path in rctx.attr.include for arg in ["--wildcards", "*/" + path]]
    _run(rctx, [
        "tar",
        "-xf",
        rctx.path(rctx.attr.archive),
        "-C",
        into,
        "--no-same-owner",
        "--strip-components=%d" % rctx.attr.strip,
        "--no-wildcards-match-slash",
    ] + wanted)

    # Upstream's own BUILD files would cut its folders out of our globs; a generator may read
    # the top one.
    if rctx.attr.generator:
        _run(rctx, ["mv", "BUILD.bazel", "upstream.BUILD.bazel"])
    _run(rctx, ["find", ".", "(", "-name", "BUILD", "-o", "-name", "BUILD.bazel", ")", "-delete"])
    for patch in rctx.attr.patches:
        # Bazel's own patcher refuses hunks near the end of long files.
        _run(rctx, ["patch", "--strip=1", "--no-backup-if-mismatch", "--fuzz=0", "-i", rctx.path(patch)])
    if rctx.attr.generator:
        _run(rctx, ["/usr/bin/python3", rctx.path(rctx.attr.generator)])
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")

upstream_source = repository_rule(
    implementation = _upstream_impl,
    attrs = {
        "archive": attr.label(mandatory = True, doc = "The tarball."),
        "build_file": attr.label(mandatory = True, doc = "The overlay's BUILD file."),
        "generator": attr.label(doc = "A Python script that runs in the unpacked tree and may read upstream.BUILD.bazel."),
        "include": attr.string_list(doc = "Paths under the tarball's top folder; all when empty."),
        "patches": attr.label_list(),
        "prefix": attr.string(doc = "Folder to unpack into."),
        "strip": attr.int(default = 1, doc = "Leading folders to drop."),
    },
    doc = "An upstream source tree out of a debian_file, under a BUILD overlay.",
)

_NO_ENVIRONMENT = """genrule(
    name = "no_environment_{archive}",
    srcs = ["{archive}"],
    outs = ["no_environment/{archive}"],
    cmd = "objcopy -D --redefine-sym getenv=dv8_no_environment --redefine-sym secure_getenv=dv8_no_secure_environment $< $@",
)
"""

def _debian_library_impl(rctx):
    build = [_PUBLIC]
    for name, file in rctx.attr.archives.items():
        srcs = []
        if file:
            path = rctx.path(_LIBDIR + file)
            if not path.exists:
                fail("%s is missing: apt-get install --no-install-recommends %s" % (path, rctx.attr.package))
            rctx.symlink(path, file)
            srcs = [file]
            build.append("exports_files(%r)\n" % srcs)
            if rctx.attr.no_environment:
                srcs = ["no_environment/" + file]
                build.append(_NO_ENVIRONMENT.format(archive = file))
        elif not rctx.path("/usr/include/" + rctx.attr.header).exists:
            fail("/usr/include/%s is missing: apt-get install --no-install-recommends %s" % (rctx.attr.header, rctx.attr.package))
        build.append("cc_library(name = %r, srcs = %r, deps = %r, linkopts = %r)\n" % (
            name,
            srcs,
            rctx.attr.deps.get(name, []),
            rctx.attr.linkopts,
        ))
    rctx.file("BUILD", "".join(build))

debian_library = repository_rule(
    implementation = _debian_library_impl,
    attrs = {
        "archives": attr.string_dict(mandatory = True, doc = "Target name -> file in " + _LIBDIR + ", or nothing for headers only."),
        "deps": attr.string_list_dict(doc = "Target name -> labels it needs at link time."),
        "header": attr.string(doc = "For headers only: a header that must be there."),
        "linkopts": attr.string_list(),
        "no_environment": attr.bool(doc = "The library's getenv is runtime/core's dv8_no_environment: an app takes no orders from where it runs."),
        "package": attr.string(mandatory = True, doc = "The Debian package to ask for."),
    },
    local = True,
    doc = "Static libraries of an installed -dev package; its headers are those of /usr/include.",
)

def _npm_packages_impl(rctx):
    for label in [rctx.attr.package_json, rctx.attr.package_lock]:
        # Copies: npm resolves links to the folder they lead to.
        rctx.file(label.name, rctx.read(label), executable = False)
    npm = rctx.which("npm")
    if not npm:
        fail("npm is missing: apt-get install --no-install-recommends npm")
    rctx.report_progress("npm ci")
    _run(rctx, [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], timeout = 1200)
    _run(rctx, ["find", "node_modules", "(", "-name", "BUILD", "-o", "-name", "BUILD.bazel", ")", "-delete"])
    rctx.file("BUILD.bazel", _PUBLIC + "".join([
        # The folder itself is one artifact: thousands of files would cost every action that takes them.
        "exports_files([\"node_modules\"])\n",
        "filegroup(name = \"esbuild\", srcs = glob([\"node_modules/@esbuild/linux-x64/bin/esbuild\"]))\n",
    ]))

npm_packages = repository_rule(
    implementation = _npm_packages_impl,
    attrs = {
        "package_json": attr.label(mandatory = True),
        "package_lock": attr.label(mandatory = True),
    },
    doc = "What a committed package-lock.json names, installed without running any package's scripts.",
)

_KERNEL = "linux-image-cloud-amd64"

def _debian_kernel_impl(rctx):
    distdir = rctx.os.environ.get("DV8_DISTDIR", "")
    found = [file for file in rctx.path(distdir).readdir() if file.basename.startswith("linux-image-") and "-cloud-amd64_" in file.basename] if distdir else []
    if found:
        rctx.symlink(found[-1], "kernel.deb")
    else:
        package = _run(rctx, ["sh", "-c", "apt-cache depends %s | sed -n 's/^ *Depends: \\(linux-image-.*\\)/\\1/p' | head -n 1" % _KERNEL]).strip()
        if not package:
            fail("apt knows no %s: apt-get update" % _KERNEL)
        rctx.report_progress("fetching " + package)
        _run(rctx, ["sh", "-c", "apt-get download -q \"$1\" && mv ./*.deb kernel.deb", "sh", package], timeout = 1800)
    _run(rctx, ["sh", "-c", "dpkg-deb -x kernel.deb . && mv boot/vmlinuz-* vmlinuz && mv lib/modules/* modules && rm -r boot lib usr kernel.deb"])
    rctx.file("BUILD.bazel", _PUBLIC + "exports_files([\"modules\", \"vmlinuz\"])\n")

debian_kernel = repository_rule(
    implementation = _debian_kernel_impl,
    environ = ["DV8_DISTDIR"],
    doc = """Debian's kernel for virtual machines, the newest that apt has for this machine's suite or the one in DV8_DISTDIR: `vmlinuz` and
the folder `modules`. The tests alone use it. Its package is not installed, which would make it the machine's own.""",
)
