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

def _mirrors(rctx):
    """The sites that this machine's apt uses for its suites, each once."""
    result = rctx.execute(["apt-get", "indextargets", "--format", "$(SITE)"])
    sites = []
    for site in result.stdout.splitlines() if result.return_code == 0 else []:
        if site and site not in sites:
            sites.append(site)
    return sites

def _fetch(rctx, pool, sha256):
    """Puts the file of pool path `pool` here: from DV8_DISTDIR, else from the pool of apt's mirror.

    Returns the file, and what is wrong when it cannot be had."""
    file = pool.split("/")[-1]
    tried = []
    distdir = rctx.os.environ.get("DV8_DISTDIR", "")
    if distdir:
        path = rctx.path(distdir + "/" + file)
        if path.exists:
            found = _sha256(rctx, path)
            if found == sha256:
                rctx.symlink(path, file)
                return file, ""
            tried.append("%s has sha256 %s" % (path, found))
        else:
            tried.append("%s is not there" % path)
    for site in _mirrors(rctx):
        rctx.report_progress("fetching %s" % file)
        result = rctx.execute(
            ["/usr/lib/apt/apt-helper", "download-file", "%s/%s" % (site, pool), file, "SHA256:" + sha256],
            timeout = 1800,
        )
        if result.return_code == 0:
            return file, ""
        tried.append("the mirror of this machine's apt: " + result.stderr.strip())
    return "", "\n".join([
        "cannot get %s (sha256 %s)." % (file, sha256),
    ] + ["  " + t for t in tried] + [
        "  Put the file into a folder and name that folder in the environment variable DV8_DISTDIR.",
    ])

def _fetch_all(rctx, archives):
    files = []
    for pool, sha256 in archives.items():
        file, problem = _fetch(rctx, pool, sha256)
        if problem:
            return files, problem
        files.append(file)
    return files, ""

def _upstream_impl(rctx):
    into = rctx.attr.prefix or "."
    rctx.file(into + "/.unpacked")
    patches = rctx.attr.patches
    files, problem = [], ""
    is_chosen = rctx.attr.fallback and rctx.os.environ.get("DV8_ENGINE", "") == rctx.attr.fallback
    if not is_chosen:
        files, problem = _fetch_all(rctx, rctx.attr.archives)
    if is_chosen or (problem and rctx.attr.fallback):
        if problem:
            # buildifier: disable=print
            print("%s\n%s %s is built instead." % (problem, rctx.name, rctx.attr.fallback))
        patches = []
        files, problem = _fetch_all(rctx, rctx.attr.fallback_archives)
    if problem:
        fail(problem)
    for file in files:
        # A pattern without wildcards would not match below the version-named top folder.
        wanted = [arg for path in rctx.attr.include for arg in ["--wildcards", "*/" + path]]
        if file.endswith(".deb"):  # Of sources that a package generates.
            _run(rctx, ["sh", "-c", "dpkg-deb --fsys-tarfile $0 > $0.tar", file])
            rctx.delete(file)
            file += ".tar"
        _run(rctx, ["tar", "-xf", file, "-C", into, "--no-same-owner", "--strip-components=%d" % rctx.attr.strip,
                    "--no-wildcards-match-slash"] + wanted)
        rctx.delete(file)

    # Upstream's own BUILD files would cut its folders out of our globs; a generator may read
    # the top one.
    if rctx.attr.generator:
        _run(rctx, ["mv", "BUILD.bazel", "upstream.BUILD.bazel"])
    _run(rctx, ["find", ".", "(", "-name", "BUILD", "-o", "-name", "BUILD.bazel", ")", "-delete"])
    for patch in patches:
        # Bazel's own patcher refuses hunks near the end of long files.
        _run(rctx, ["patch", "--strip=1", "--no-backup-if-mismatch", "--fuzz=0", "-i", rctx.path(patch)])
    if rctx.attr.generator:
        _run(rctx, ["/usr/bin/python3", rctx.path(rctx.attr.generator)])
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")

upstream_source = repository_rule(
    implementation = _upstream_impl,
    attrs = {
        "archives": attr.string_dict(mandatory = True, doc = "Pool path of a Debian source package's upstream tarball, or of a package of sources -> its sha256."),
        "fallback": attr.string(doc = "The version in fallback_archives: taken when DV8_ENGINE says so or `archives` cannot be had."),
        "fallback_archives": attr.string_dict(doc = "As archives; no patch applies to them."),
        "build_file": attr.label(mandatory = True, doc = "The overlay's BUILD file."),
        "generator": attr.label(doc = "A Python script that runs in the unpacked tree and may read upstream.BUILD.bazel."),
        "include": attr.string_list(doc = "Paths under the tarball's top folder; all when empty."),
        "patches": attr.label_list(),
        "prefix": attr.string(doc = "Folder to unpack into."),
        "strip": attr.int(default = 1, doc = "Leading folders to drop."),
    },
    environ = ["DV8_DISTDIR", "DV8_ENGINE"],
    doc = "An upstream source tree out of a Debian source package, under a BUILD overlay.",
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
