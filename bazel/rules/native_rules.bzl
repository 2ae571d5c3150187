"""For Bazel 4 and 5 without the internet. In WORKSPACE: native_rules().

Their built-in @bazel_tools downloads two repositories of rules, which these Bazels have themselves, unless repositories of
these names are there.
"""

_RULES = {
    "rules_cc": ("cc", ["cc_binary", "cc_import", "cc_library", "cc_test", "cc_toolchain", "cc_toolchain_suite"]),
    "rules_java": ("java", ["java_binary", "java_import", "java_library", "java_runtime", "java_toolchain"]),
}

def _repository_impl(rctx):
    package, rules = _RULES[rctx.name]
    rctx.file(package + "/BUILD")
    rctx.file(package + "/defs.bzl", "".join(["%s = native.%s\n" % (rule, rule) for rule in rules]))

_repository = repository_rule(_repository_impl)

def native_rules():
    """Defines the two repositories."""
    for name in _RULES:
        _repository(name = name)
