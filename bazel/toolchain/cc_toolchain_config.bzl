"""clang and lld for x86-64 Linux: each file compiled once, position independent; static-pie programs.

Features that a target may turn on or off:
  exceptions, rtti   off by default; `exceptions` also brings unwind tables back
  size, least_size   -Os or -Oz instead of -O2
  icf                on: functions of the same code become one
  static_pie         on; off links against the machine's shared libraries
  sanitize           AddressSanitizer and UndefinedBehaviorSanitizer, linked dynamically; the
                     overlays under bazel/third_party turn it off for what is not our code
  threads            (with sanitize) ThreadSanitizer in their place
  fuzzer             libFuzzer's coverage and main (with sanitize)
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_CXX = [ACTION_NAMES.cpp_compile, ACTION_NAMES.linkstamp_compile, ACTION_NAMES.cpp_header_parsing]
_C_CXX = _CXX + [ACTION_NAMES.c_compile]
_COMPILE = _C_CXX + [ACTION_NAMES.assemble, ACTION_NAMES.preprocess_assemble]
_EXE = [ACTION_NAMES.cpp_link_executable]
_LINK = _EXE + [ACTION_NAMES.cpp_link_dynamic_library, ACTION_NAMES.cpp_link_nodeps_dynamic_library]

# The check of virtual tables would need RTTI everywhere.
_SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize=vptr"]
_THREADS = ["-fsanitize=thread"]

def _on(actions, flags, when = [], unless = []):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = when, not_features = unless)] if when or unless else [],
    )

def _impl(ctx):
    bin = "/usr/lib/llvm-%s/bin" % ctx.attr.llvm
    features = [feature(name = name) for name in [
        "opt",
        "dbg",
        "fastbuild",
        "exceptions",
        "rtti",
        "size",
        "least_size",
    ]] + [
        # No "supports_pic": Bazel then makes one object of each source, ours with -fPIE.
        # With start-end-lib the linker gets the objects themselves, no archives between.
        feature(name = "supports_start_end_lib", enabled = True),
        feature(name = "default_compile_flags", enabled = True, flag_sets = [
            _on(_COMPILE, ["-fPIE", "-Wall", "-ffunction-sections", "-fdata-sections", "-fno-ident"]),
            _on(_COMPILE, ["-g0", "-DNDEBUG"], when = ["opt"]),
            _on(_COMPILE, ["-O2"], when = ["opt"], unless = ["size", "least_size"]),
            _on(_COMPILE, ["-Os"], when = ["opt", "size"]),
            _on(_COMPILE, ["-Oz"], when = ["opt", "least_size"]),
            _on(_COMPILE, ["-O0", "-g"], when = ["dbg"]),
            _on(_C_CXX, ["-fvisibility=hidden"]),
            _on(_CXX, ["-std=c++20", "-fvisibility-inlines-hidden"]),
            # Nothing unwinds through code without exceptions: its tables are a tenth of the program.
            _on(_CXX, ["-fno-exceptions", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables"], unless = ["exceptions"]),
            _on(_CXX, ["-fno-rtti"], unless = ["rtti"]),
        ]),
        feature(name = "default_link_flags", enabled = True, flag_sets = [
            _on(_LINK, ["--ld-path=%s/ld.lld" % bin, "-Wl,-z,relro,-z,now", "-Wl,--build-id=none"]),
            _on(_LINK, ["-Wl,--gc-sections", "-Wl,-O2"], when = ["opt"]),
        ]),
        feature(name = "icf", enabled = True, flag_sets = [
            # A report names the function that was called, not another one of the same code.
            _on(_LINK, ["-Wl,--icf=all"], when = ["opt"], unless = ["sanitize"]),
        ]),
        feature(name = "static_pie", enabled = True, flag_sets = [
            _on(_EXE, ["-static-pie", "-Wl,-z,pack-relative-relocs"], unless = ["sanitize"]),
        ]),
        feature(name = "sanitize", flag_sets = [
            _on(_C_CXX, ["-fno-omit-frame-pointer", "-g1"]),
            _on(_C_CXX, _SANITIZERS + ["-fno-sanitize-recover=all"], unless = ["threads"]),
            _on(_C_CXX, _THREADS, when = ["threads"]),
            _on(_LINK, _SANITIZERS, unless = ["threads"]),
            _on(_LINK, _THREADS, when = ["threads"]),
            _on(_LINK, ["-pie"]),
        ]),
        feature(name = "threads"),
        feature(name = "fuzzer", flag_sets = [
            _on(_C_CXX, ["-fsanitize=fuzzer-no-link"]),
            _on(_LINK, ["-fsanitize=fuzzer"]),
        ]),
        feature(name = "default_link_libs", enabled = True, flag_sets = [
            _on(_LINK, ["-lstdc++", "-lm", "-lpthread", "-l:libatomic.a"]),
        ]),
        # Objects do not know when or where they were made.
        feature(name = "unfiltered_compile_flags", enabled = True, flag_sets = [
            _on(_COMPILE, [
                "-no-canonical-prefixes",
                "-fdebug-compilation-dir=.",
                "-Wno-builtin-macro-redefined",
                "-D__DATE__=\"redacted\"",
                "-D__TIMESTAMP__=\"redacted\"",
                "-D__TIME__=\"redacted\"",
            ]),
        ]),
    ]
    tools = {
        "ar": "/usr/bin/ar",
        "cpp": bin + "/clang-cpp",
        "gcc": bin + "/clang",
        "gcov": "/usr/bin/gcov",
        "ld": bin + "/ld.lld",
        "nm": "/usr/bin/nm",
        "objcopy": "/usr/bin/objcopy",
        "objdump": "/usr/bin/objdump",
        "strip": "/usr/bin/strip",
    }
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "glibc",
        abi_version = "clang",
        compiler = "clang",
        cxx_builtin_include_directories = [
            "/usr/lib/llvm-%s/lib/clang" % ctx.attr.llvm,
            "/usr/lib/gcc",
            "/usr/include",
        ],
        features = features,
        host_system_name = "local",
        target_cpu = "k8",
        target_libc = "glibc",
        target_system_name = "x86_64-linux-gnu",
        tool_paths = [tool_path(name = name, path = path) for name, path in tools.items()],
        toolchain_identifier = "dv8pack-clang-linux-x86_64",
    )

cc_toolchain_config = rule(
    implementation = _impl,
    attrs = {"llvm": attr.string(mandatory = True, doc = "Major version of the installed clang and lld.")},
    provides = [CcToolchainConfigInfo],
)
