"""Writes BUILD.bazel and the unity shards of V8, from the file groups in V8's own BUILD.bazel.

Runs in V8's source tree (before its BUILD files are removed upstream.BUILD.bazel keeps the
original). V8's build is a list of file groups with select()s; it is evaluated here with the
choices of this engine: x86-64, Linux, clang, Maglev, WebAssembly, Intl.
"""

import glob as python_glob
import json
import os

# What V8's select()s are asked here, as far as it is true.
CHOICES = {
    "@v8//bazel/config:v8_target_x64",
    "@v8//bazel/config:is_linux",
    "@v8//bazel/config:is_posix",
    "@v8//bazel/config:is_clang",
    "@v8//bazel/config:is_non_android_posix",
    "@v8//bazel/config:is_inline_asm_x64",
    "@v8//bazel/config:is_not_android",
    ":is_v8_enable_webassembly",
    ":is_v8_enable_turbofan",
    ":is_v8_enable_maglev",
    ":is_v8_enable_pointer_compression",
    ":enable_maglev",
    ":enable_maglev_x64",
    ":webassembly_on_posix",
}

# Sources that cannot share a translation unit with their neighbours. A file keeps its place
# in the count when it is taken out: the other shards stay as they are known to compile.
ALONE = set("""
src/ast/prettyprinter.cc
src/base/sanitizer/lsan-virtual-address-space.cc
src/builtins/setup-builtins-internal.cc
src/builtins/x64/builtins-x64.cc
src/codegen/code-stub-assembler.cc
src/codegen/x64/assembler-x64.cc
src/codegen/x64/builtin-jump-table-info-x64.cc
src/compiler/bytecode-graph-builder.cc
src/compiler/code-assembler.cc
src/compiler/turboshaft/wasm-in-js-inlining-phase.cc
src/compiler/turboshaft/wasm-turboshaft-compiler.cc
src/compiler/wasm-compiler.cc
src/handles/global-handles.cc
src/heap/base/stack.cc
src/heap/minor-mark-sweep.cc
src/heap/setup-heap-internal.cc
src/ic/accessor-assembler.cc
src/ic/binary-op-assembler.cc
src/ic/unary-op-assembler.cc
src/interpreter/interpreter-assembler.cc
src/interpreter/interpreter-generator.cc
src/maglev/x64/maglev-assembler-x64.cc
src/objects/js-display-names.cc
src/objects/js-list-format.cc
src/objects/js-locale.cc
src/objects/js-plural-rules.cc
src/objects/js-relative-time-format.cc
src/objects/js-temporal-objects.cc
src/regexp/regexp-bytecode-generator.cc
src/regexp/regexp-compiler-tonode.cc
src/regexp/regexp-compiler.cc
src/regexp/regexp.cc
src/snapshot/deserializer.cc
src/snapshot/embedded/platform-embedded-file-writer-generic.cc
src/snapshot/embedded/platform-embedded-file-writer-mac.cc
src/snapshot/read-only-deserializer.cc
src/torque/csa-generator.cc
src/wasm/wasm-external-refs.cc
src/wasm/wasm-module.cc
torque-generated/class-verifiers.cc
""".split())

# Replaced by a file of this overlay.
OURS = {"src/numbers/hash-seed.cc"}

# What an embedder must be compiled with too: these decide the layout of handles and objects.
DEFINES = """V8_COMPRESS_POINTERS V8_COMPRESS_POINTERS_IN_SHARED_CAGE V8_31BIT_SMIS_ON_64BIT_ARCH
V8_EXTERNAL_CODE_SPACE V8_ENABLE_LEAPTIERING V8_ENABLE_CONTINUATION_PRESERVED_EMBEDDER_DATA
V8_ENABLE_WEBASSEMBLY V8_INTL_SUPPORT""".split()
ENGINE_DEFINES = """V8_TARGET_ARCH_X64 V8_HAVE_TARGET_OS V8_TARGET_OS_LINUX V8_SHORT_BUILTIN_CALLS
V8_ENABLE_SPARKPLUG V8_ENABLE_MAGLEV V8_ENABLE_TURBOFAN V8_ENABLE_EXTENSIBLE_RO_SNAPSHOT
V8_ENABLE_LAZY_SOURCE_POSITIONS V8_ENABLE_SEEDED_ARRAY_INDEX_HASH V8_ADVANCED_BIGINT_ALGORITHMS
V8_CONCURRENT_MARKING V8_ATOMIC_OBJECT_FIELD_WRITES
V8_ENABLE_REGEXP_INTERPRETER_THREADED_DISPATCH V8_ALLOCATION_FOLDING V8_ALLOCATION_SITE_TRACKING
V8_TYPED_ARRAY_MAX_SIZE_IN_HEAP=64 UNISTR_FROM_CHAR_EXPLICIT=""".split()

# A shard that is mostly these is built for size: code that runs seldom (tools, the C++ side of
# builtins, Intl's layers over ICU).
FOR_SIZE = (
    "src/builtins",
    "src/codegen",
    "src/debug",
    "src/deoptimizer",
    "src/diagnostics",
    "src/objects/intl-objects",
    "src/objects/js-break-iterator",
    "src/objects/js-collator",
    "src/objects/js-date-time-format",
    "src/objects/js-display-names",
    "src/objects/js-duration-format",
    "src/objects/js-list-format",
    "src/objects/js-locale",
    "src/objects/js-number-format",
    "src/objects/js-plural-rules",
    "src/objects/js-relative-time-format",
    "src/objects/js-segment",
    "src/objects/js-temporal-objects",
    "src/objects/option-utils",
    "src/profiler",
)

# As small as it gets, like the compiler and the inspector: none of it runs in a program that is warm.
FOR_LEAST_SIZE = (
    "src/asmjs",
    "src/maglev",
    "src/wasm",
)

ABSL_FOLDERS = """base container crc debugging hash numeric profiling random status strings
synchronization time types""".split()
ABSL_SKIP = """_test _benchmark test_util testing _mock benchmarks mocking test_matchers
_test_common print_hash_of gaussian_distribution_gentables unique_samples exception_safety
hashtablez_force test_instance_tracker nanobenchmark chi_square distribution_test
sequence_urbg status_matchers""".split()

PROTOCOL = "Console Debugger HeapProfiler Profiler Runtime Schema".split()


def read_file_groups():
    """Name -> flat list of files, for every filegroup of V8's BUILD.bazel."""
    groups = {}

    def select(choices, no_match_error=None):
        for condition, value in choices.items():
            if condition in CHOICES:
                return value
        return choices.get("//conditions:default", [])

    def glob(patterns, exclude=()):
        found = [f for p in patterns for f in sorted(python_glob.glob(p, recursive=True))]
        return [f for f in found if f not in exclude]

    class Anything(dict):
        def __missing__(self, name):
            return lambda *args, **kwargs: None

    class Selects:
        def __getattr__(self, name):
            return lambda *args, **kwargs: None

    scope = Anything(
        select=select,
        glob=glob,
        selects=Selects(),
        filegroup=lambda name, srcs=(), **kwargs: groups.__setitem__(name, list(srcs)),
        requirement=lambda name: name,
        __builtins__={"len": len, "range": range, "dict": dict, "list": list, "str": str,
                      "True": True, "False": False, "None": None},
    )
    with open("upstream.BUILD.bazel") as build:
        exec(compile(build.read(), "BUILD.bazel", "exec"), scope)

    def flatten(name, seen):
        files = []
        for source in groups.get(name, []):
            if not source.startswith(":"):
                files.append(source)
            elif source[1:] not in seen:
                seen.add(source[1:])
                files += flatten(source[1:], seen)
        return files

    return {name: flatten(name, set()) for name in groups}


def sources(files):
    """The .cc files; a repeated one counts at its last place and leaves None at the others."""
    only = [f for f in files if f.endswith(".cc")]
    return [f if f not in only[i + 1:] else None for i, f in enumerate(only)]


SHARDS = {}  # Path of a shard -> the sources that it includes.


def shard(name, files, size=24):
    """Writes unity/<name>_<n>.cc; returns sources (for speed, for size, for least size)."""
    speed, small, least = [], [], []

    def choose(files):
        for folders, chosen in ((FOR_SIZE, small), (FOR_LEAST_SIZE, least)):
            if 2 * sum(f.startswith(folders) for f in files) > len(files):
                return chosen
        return speed

    for start in range(0, len(files), size):
        part = [f for f in files[start:start + size] if f and f not in OURS]
        together = [f for f in part if f not in ALONE]
        for f in part:
            if f in ALONE:
                choose([f]).append(f)
        if not together:
            continue
        path = "unity/%s_%d.cc" % (name, start // size)
        with open(path, "w") as out:
            out.writelines('#include "%s"\n' % f for f in together)
        SHARDS[path] = together
        choose(together).append(path)
    return speed, small, least


def main():
    os.makedirs("unity", exist_ok=True)
    groups = read_file_groups()
    torque_files = groups["icu/torque_files"]
    stems = ["torque-generated/" + f[:-3] + "-tq" for f in torque_files]
    generated = ["torque-generated/" + f for f in """bit-fields.h builtin-definitions.h
        class-debug-readers.cc class-debug-readers.h class-forward-declarations.h
        class-verifiers.cc class-verifiers.h csa-types.h debug-macros.cc debug-macros.h
        enum-verifiers.cc exported-macros-assembler.cc exported-macros-assembler.h factory.cc
        factory.inc instance-types.h interface-descriptors.inc
        objects-body-descriptors-inl.inc objects-printer.cc visitor-lists.h""".split()]
    torque_outs = generated + [
        stem + suffix for stem in stems
        for suffix in (".cc", ".inc", "-inl.inc", "-csa.cc", "-csa.h")
    ]
    protocol_outs = ["src/inspector/protocol/Protocol.cpp", "src/inspector/protocol/Protocol.h",
                     "src/inspector/protocol/Forward.h"]
    for domain in PROTOCOL:
        protocol_outs += ["src/inspector/protocol/%s.cpp" % domain,
                          "src/inspector/protocol/%s.h" % domain]
    exported = ["include/inspector/%s.h" % d for d in ("Runtime", "Debugger", "Schema")]

    special_case = "src/regexp/special-case.cc"
    base_files = sources(groups["v8_base_without_compiler_files"] +
                         groups["icu/v8_base_without_compiler_files"])
    base, base_small, base_least = shard("base", base_files + [special_case])
    absl = sorted(
        f for folder in ABSL_FOLDERS
        for f in python_glob.glob("third_party/abseil-cpp/absl/%s/**/*.cc" % folder, recursive=True)
        if not any(word in f for word in ABSL_SKIP))
    highway = [f for f in ("third_party/highway/src/hwy/%s.cc" % n for n in
                           ("abort", "aligned_allocator", "per_target", "print", "targets", "timer"))
               if os.path.exists(f)]

    lists = {
        "DEFINES": DEFINES,
        "ENGINE_DEFINES": ENGINE_DEFINES,
        "ABSL": absl,
        "BASE_FOR_LEAST_SIZE": base_least,
        "BASE_FOR_SIZE": base_small,
        "BASE_FOR_SPEED": base,
        "BYTECODE_LIST_GENERATOR": [
            "src/builtins/generate-bytecodes-builtins-list.cc",
            "src/interpreter/bytecode-operands.cc",
            "src/interpreter/bytecodes.cc",
        ],
        "COMPILER": sum(shard("compiler", sources(groups["v8_compiler_files"])), []),
        "GENERATED_DEFINITIONS": sum(shard("definitions", [
            "torque-generated/class-verifiers.cc",
            "torque-generated/factory.cc",
            "torque-generated/objects-printer.cc",
        ] + [stem + ".cc" for stem in stems], 120), []),
        "GENERATED_INITIALIZERS": sum(shard("generated_initializers", [
            "torque-generated/enum-verifiers.cc",
            "torque-generated/exported-macros-assembler.cc",
        ] + [stem + "-csa.cc" for stem in stems], 60), []),
        "HIGHWAY": highway,
        "INITIALIZERS": sum(shard("initializers", sources(groups["icu/v8_initializers_files"])), []),
        "INSPECTOR": sum(shard("inspector", sources(groups["v8_inspector_files"])), []) +
                     sum(shard("protocol", [f for f in protocol_outs if f.endswith(".cpp")]), []),
        "LIBBASE": sum(shard("libbase", sources(groups["v8_libbase_files"]), 12), []),
        "MKSNAPSHOT": sum(shard("mksnapshot", sources(groups["mksnapshot_files"])), []),
        "PLATFORM": sum(shard("platform", sources(groups["v8_libplatform_files"] +
                                                  groups["v8_libsampler_files"])), []),
        "PROTOCOL_OUTS": protocol_outs + exported,
        "SHARDS": SHARDS,
        "TORQUE": sum(shard("torque", ["src/torque/torque.cc"] +
                            sources(groups["torque_base_files"]), 30), []),
        "TORQUE_FILES": torque_files,
        "TORQUE_OUTS": torque_outs,
    }
    with open("lists.bzl", "w") as out:
        out.write('"""Generated from V8\'s own BUILD.bazel by generate_build.py."""\n')
        for name, files in sorted(lists.items()):
            out.write("\n%s = %s\n" % (name, json.dumps(files, indent=4)))


main()
