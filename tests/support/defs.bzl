"""Tests that pack and run programs with the built tool."""

_DIST = "//tests/support:dist"
_SUPPORT = "//tests/support:e2e"
_NPM = "@npm_tests//:node_modules"

def _unpacked_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(
        inputs = [ctx.file.archive],
        outputs = [folder],
        command = 'tar -xzf "$1" -C "$2" --strip-components=1',
        arguments = [ctx.file.archive.path, folder.path],
        mnemonic = "Unpack",
    )
    return [DefaultInfo(files = depset([folder]), runfiles = ctx.runfiles([folder]))]

unpacked = rule(
    implementation = _unpacked_impl,
    attrs = {"archive": attr.label(allow_single_file = [".tar.gz"], mandatory = True)},
    doc = "A tarball's content as one folder: what users unpack is what the tests run, unpacked once.",
)

def _environment(npm):
    env = {"DV8PACK_DIST": "$(rootpath %s)" % _DIST}
    if npm:
        env["NPM_TESTS_MODULES"] = "$(rootpath %s)" % _NPM
    return env

def _programs(src):
    suffix = "_test.py"
    return native.glob([src[:-len(suffix)] + "/**"], allow_empty = True) if src.endswith(suffix) else []

def e2e_test(name, src, data = [], npm = False, size = "medium", tags = [], env = {}, **kwargs):
    """A Python file x_test.py of unittest cases over tests/support/e2e.py, and the folder x of its programs.

    Runs unsandboxed: most of these make namespaces, mounts or process groups of their own.
    """
    native.sh_test(
        name = name,
        srcs = [src],
        data = data + _programs(src) + [_DIST, _SUPPORT] + ([_NPM] if npm else []),
        env = dict(_environment(npm), **env),
        size = size,
        tags = tags + ["local"],
        **kwargs
    )

def _spec(name, folder, srcs, npm = False, runner = "spec_runner", size = "medium", tags = []):
    native.sh_test(
        name = name,
        srcs = ["//tests/support:%s.py" % runner],
        args = [folder],
        data = srcs + [_DIST, _SUPPORT] + ([_NPM] if npm else []),
        env = _environment(npm),
        size = size,
        tags = tags + ["local"],
    )

def _folders(files, depth):
    return sorted({"/".join(f.split("/")[:depth]): None for f in files if f.count("/") >= depth})

def e2e_specs(name, npm = [], size = "medium", tags = []):
    """One test a subfolder (see tests/support/spec_runner.py), and a test_suite of all.

    `npm` names the folders whose spec.json asks for npm packages.
    """
    folders = _folders(native.glob(["*/**"]), 1)
    for folder in folders:
        _spec(
            # Not the folder's own name: both would be at one place in the runfiles.
            name = folder + "_test",
            folder = native.package_name() + "/" + folder,
            npm = folder in npm,
            size = size,
            srcs = native.glob([folder + "/**"]),
            tags = tags,
        )
    native.test_suite(name = name, tests = [f + "_test" for f in folders])

def e2e_example(npm = False):
    """An example's folder as a test of the folder's name: its main.* gives expected.out."""
    _spec(
        name = native.package_name().split("/")[-1],
        folder = native.package_name(),
        npm = npm,
        srcs = native.glob(["**"], exclude = ["BUILD"]),
    )

def conformance_tests(name):
    """One test a folder of the form <family>/<module>, named family_module, and a test_suite of all."""
    folders = _folders(native.glob(["*/*/*"], allow_empty = True), 2)
    for folder in folders:
        _spec(
            name = folder.replace("/", "_"),
            folder = native.package_name() + "/" + folder,
            runner = "conformance_runner",
            size = "large",
            srcs = native.glob([
                folder + "/**",
                folder.split("/")[0] + "/_*",
            ]),
        )
    native.test_suite(name = name, tests = [f.replace("/", "_") for f in folders])
