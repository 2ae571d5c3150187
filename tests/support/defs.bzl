"""Tests that pack and run programs with the built tool."""

_DIST = "//packager:dist"
_SUPPORT = "//tests/support:e2e"
_NPM = "@npm_tests//:node_modules"

def _environment(npm):
    env = {"DV8PACK_DIST": "$(rootpath %s)" % _DIST}
    if npm:
        env["NPM_TESTS_MODULES"] = "$(rootpath %s)" % _NPM
    return env

def e2e_test(name, src, data = [], npm = False, size = "medium", tags = [], env = {}, **kwargs):
    """A Python file of unittest cases over tests/support/e2e.py.

    Runs unsandboxed: most of these make namespaces, mounts or process groups of their own.
    """
    native.sh_test(
        name = name,
        srcs = [src],
        data = data + [_DIST, _SUPPORT] + ([_NPM] if npm else []),
        env = dict(_environment(npm), **env),
        size = size,
        tags = tags + ["local"],
        **kwargs
    )

def e2e_specs(name, npm = [], size = "medium", tags = []):
    """One test a subfolder (see tests/support/spec_runner.py), and a test_suite of all.

    `npm` names the folders whose spec.json asks for npm packages.
    """
    folders = sorted({f.split("/")[0]: None for f in native.glob(["*/**"], exclude = ["*/BUILD"])})
    for folder in folders:
        wants_npm = folder in npm
        native.sh_test(
            name = folder,
            srcs = ["//tests/support:spec_runner.py"],
            args = [native.package_name() + "/" + folder],
            data = native.glob([folder + "/**"]) + [_DIST, _SUPPORT] + ([_NPM] if wants_npm else []),
            env = _environment(wants_npm),
            size = size,
            tags = tags + ["local"],
        )
    native.test_suite(name = name, tests = folders)
