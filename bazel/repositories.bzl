"""Everything that comes from outside the tree. In WORKSPACE: dv8pack_repositories()."""

load("//bazel/rules:native_rules.bzl", "native_rules")
load("//bazel/third_party/node:patches.bzl", "NODE_PATCHES")
load(":sources.bzl", "debian_file", "debian_kernel", "debian_library", "npm_packages", "upstream_source")

# What sources come out of: (name, pool path, sha256, suite, series).
_ARCHIVES = [
    (
        "nodejs_24",
        "pool/main/n/nodejs/nodejs_24.21.0+dfsg+~cs24.13.4.orig.tar.xz",
        "e6e0d1a00dfc9e31ab2b074fd99979a48be17c18e8e3edc14306736069bb8f54",
        "testing",
        "24.",
    ),
    # Has simdutf, which Debian leaves out of Node 24's.
    (
        "nodejs_20",
        "pool/main/n/nodejs/nodejs_20.19.2+dfsg.orig.tar.xz",
        "5e5559381ad031d245a8efa403458abbb73755f74c3e6380f185a4dd342b7949",
        "trixie",
        "20.",
    ),
    # Its C is generated: this is the package that has it.
    (
        "llhttp_9",
        "pool/main/l/llhttp/libllhttp-source_9.4.3+~cs12.11.9-2_all.deb",
        "8a70cbc1d310f51a7d5594d258eeb6ef57db6fbc1c58065407c203a03abadf2e",
        "testing",
        "9.",
    ),
    (
        "ca_certificates_2025",
        "pool/main/c/ca-certificates/ca-certificates_20250419+deb13u1_all.deb",
        "c10585ac22c7f617a73d394eea29ba71d0356f350ae973b19043d1b017f80f54",
        "trixie",
        "20",
    ),
    # A program of Debian 12's runs on both.
    (
        "docker_registry_2",
        "pool/main/d/docker-registry/docker-registry_2.8.2+ds1-1_amd64.deb",
        "a9bd06c0e006854608f8469b4371743f40604ad90975532bb3b7ceeb72fe2913",
        "bookworm",
        "2.",
    ),
    (
        "nginx_1",
        "pool/main/n/nginx/nginx_1.22.1-9+deb12u9_amd64.deb",
        "4e7b52f8b31f26d77ffb5c427c41e36223e81b047242ecfa8dc1d7f939734885",
        "bookworm",
        "1.",
    ),
    (
        "ada_3",
        "pool/main/a/ada-url/ada-url_3.4.4.orig.tar.gz",
        "db74b85968410b59d591aeebf0babe76bf5da44dd8969b0bf001039c9d697aa3",
        "testing",
        "3.",
    ),
    # The one that Debian's Node 24 is built with.
    (
        "nghttp2_1",
        "pool/main/n/nghttp2/nghttp2_1.70.0.orig.tar.gz",
        "aa317e2cf9dca6afa0aed68f8fad6ff303ec6982e25a78c75c0b65e2b9b3ded5",
        "testing",
        "1.",
    ),
    (
        "icu_76",
        "pool/main/i/icu/icu_76.1.orig.tar.gz",
        "dfacb46bfe4747410472ce3e1144bf28a102feeaa4e3875bac9b4c6cf30f4f3e",
        "trixie",
        "76.",
    ),
    (
        "zlib_1_3",
        "pool/main/z/zlib/zlib_1.3.dfsg+really1.3.1.orig.tar.gz",
        "60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb",
        "trixie",
        "1:1.3.dfsg+really1.3.1",
    ),
    (
        "libuv_1_50",
        "pool/main/libu/libuv1/libuv1_1.50.0.orig.tar.gz",
        "ec9de6ecf2a780fd2afb3b007947d2cd57c3bb17f3b9e721a66774980d35cd4d",
        "trixie",
        "1.",
    ),
]

def dv8pack_repositories():
    """Defines the external repositories and registers the toolchains."""
    native_rules()
    native.register_toolchains(
        "//bazel/toolchain:clang_linux_x86_64",
        "//bazel/toolchain:python3",
    )

    for name, pool, sha256, suite, series in _ARCHIVES:
        debian_file(name = name, pool = pool, series = series, sha256 = sha256, suite = suite)

    # The engine and what it is built on.
    upstream_source(
        name = "v8",
        archive = "@nodejs_24//:tar",
        build_file = "//bazel/third_party/v8:v8.BUILD",
        generator = "//bazel/third_party/v8:generate_build.py",
        include = ["deps/v8"],
        patches = [
            "//bazel/third_party/v8:read_only_slots.patch",
            "//bazel/third_party/v8:shared_dispatch_entries.patch",
            "//bazel/third_party/v8:heap_image.patch",
            "//bazel/third_party/v8:cpuid.patch",
            "//bazel/third_party/v8:dispatch_free_list.patch",
            "//bazel/third_party/v8:lazy_tables.patch",
            "//bazel/third_party/v8:rehash.patch",
            "//bazel/third_party/v8:zeroed_pages.patch",
            "//bazel/third_party/v8:large_strings.patch",
            "//bazel/third_party/v8:image_buffers.patch",
            "//bazel/third_party/v8:dirty_registries.patch",
            "//bazel/third_party/v8:left_out_sources.patch",
            "//bazel/third_party/v8:whole_global.patch",
            "//bazel/third_party/v8:eval_scopes.patch",
            "//bazel/third_party/v8:inferred_names.patch",
            "//bazel/third_party/v8:prototype_changes.patch",
        ],
        strip = 3,
    )
    upstream_source(
        name = "icu",
        archive = "@icu_76//:tar",
        build_file = "//bazel/third_party:icu.BUILD",
        include = ["LICENSE", "source/common", "source/i18n", "source/stubdata", "source/data/in"],
        patches = ["//bazel/third_party:icu_packed_items.patch"],
    )
    upstream_source(
        name = "simdutf",
        archive = "@nodejs_20//:tar",
        build_file = "//bazel/third_party:simdutf.BUILD",
        include = ["deps/simdutf"],
        patches = ["//bazel/third_party:simdutf_cpuid.patch"],
        prefix = "third_party/simdutf",
        strip = 3,
    )
    upstream_source(
        name = "libuv",
        archive = "@libuv_1_50//:tar",
        build_file = "//bazel/third_party:libuv.BUILD",
        include = ["LICENSE", "include", "src"],
    )
    upstream_source(
        name = "llhttp",
        archive = "@llhttp_9//:tar",
        build_file = "//bazel/third_party:llhttp.BUILD",
        include = ["usr/src/llhttp", "usr/share/doc/libllhttp-source/copyright"],
        strip = 4,
    )
    upstream_source(
        name = "merve",
        archive = "@nodejs_24//:tar",
        build_file = "//bazel/third_party:merve.BUILD",
        include = ["deps/merve"],
        strip = 3,
    )
    upstream_source(
        name = "uvwasi",
        archive = "@nodejs_24//:tar",
        build_file = "//bazel/third_party:uvwasi.BUILD",
        include = ["deps/uvwasi"],
        strip = 3,
    )
    upstream_source(
        name = "ncrypto",
        archive = "@nodejs_24//:tar",
        build_file = "//bazel/third_party:ncrypto.BUILD",
        include = ["deps/ncrypto"],
        patches = ["//bazel/third_party:ncrypto_no_constants.patch"],
        strip = 3,
    )
    upstream_source(
        name = "nghttp2",
        archive = "@nghttp2_1//:tar",
        build_file = "//bazel/third_party:nghttp2.BUILD",
        include = ["COPYING", "lib"],
    )
    upstream_source(
        name = "ada",
        archive = "@ada_3//:tar",
        build_file = "//bazel/third_party:ada.BUILD",
        include = ["LICENSE-MIT", "include", "src"],
        patches = ["//bazel/third_party:ada_ascii_domains.patch"],
    )
    upstream_source(
        name = "zlib",
        archive = "@zlib_1_3//:tar",
        build_file = "//bazel/third_party/zlib:zlib.BUILD",
        include = ["LICENSE", "*.c", "*.h"],
        patches = [
            "//bazel/third_party/zlib:checksums.patch",
            "//bazel/third_party/zlib:matches.patch",
            "//bazel/third_party/zlib:symbols.patch",
        ],
    )

    # The authorities that images of programs with TLS have.
    upstream_source(
        name = "ca_certificates",
        archive = "@ca_certificates_2025//:tar",
        build_file = "//bazel/third_party:ca_certificates.BUILD",
        include = ["usr/share/ca-certificates/mozilla", "usr/share/doc/ca-certificates/copyright"],
        strip = 4,
    )

    # Node's library: its JavaScript as it is, but for the patches.
    upstream_source(
        name = "node",
        archive = "@nodejs_24//:tar",
        build_file = "//bazel/third_party/node:node.BUILD",
        include = ["LICENSE", "lib"],
        patches = ["//bazel/third_party/node:%s.patch" % name for name in NODE_PATCHES],
    )

    # What is written for Node has to run: its own tests.
    upstream_source(
        name = "node_tests",
        archive = "@nodejs_24//:tar",
        build_file = "//bazel/third_party:node_tests.BUILD",
        include = ["lib", "test", "tools/pseudo-tty.py"],
    )

    # Images are pushed to a registry and pulled. Its package would start a service.
    upstream_source(
        name = "docker_registry",
        archive = "@docker_registry_2//:tar",
        build_file = "//bazel/third_party:docker_registry.BUILD",
        include = ["usr/bin/docker-registry"],
        strip = 3,
    )

    # Bazel's remote cache in tests and benchmarks. Its package would start a service.
    upstream_source(
        name = "nginx",
        archive = "@nginx_1//:tar",
        build_file = "//bazel/third_party:nginx.BUILD",
        include = ["usr/sbin/nginx"],
        strip = 3,
    )

    # What `dv8pack vm` makes is started with it.
    debian_kernel(name = "debian_kernel")

    # Debian's static libraries and headers.
    debian_library(
        name = "googletest",
        archives = {
            "gtest": "libgtest.a",
            "gtest_main": "libgtest_main.a",
        },
        deps = {"gtest_main": [":gtest"]},
        package = "libgtest-dev",
    )
    debian_library(name = "libc", archives = {"libc": "libc.a"}, package = "libc6-dev")
    debian_library(
        name = "openssl",
        archives = {
            "crypto": "libcrypto.a",
            "ssl": "libssl.a",
        },
        deps = {
            # Debian 13's libcrypto can compress certificates with it.
            "crypto": ["@zstd"],
            "ssl": [":crypto"],
        },
        no_environment = True,
        linkopts = ["-ldl", "-lpthread"],
        package = "libssl-dev",
    )
    debian_library(name = "zstd", archives = {"zstd": "libzstd.a"}, package = "libzstd-dev")
    debian_library(name = "lz4", archives = {"lz4": "liblz4.a"}, package = "liblz4-dev")
    debian_library(
        name = "brotli",
        archives = {
            "brotlicommon": "libbrotlicommon.a",
            "brotlidec": "libbrotlidec.a",
            "brotlienc": "libbrotlienc.a",
        },
        deps = {
            "brotlidec": [":brotlicommon"],
            "brotlienc": [":brotlicommon"],
        },
        package = "libbrotli-dev",
    )
    debian_library(name = "cares", archives = {"cares": "libcares.a"}, no_environment = True, package = "libc-ares-dev")
    debian_library(name = "sqlite", archives = {"sqlite": "libsqlite3.a"}, no_environment = True, package = "libsqlite3-dev")
    debian_library(name = "yaml", archives = {"yaml": "libyaml.a"}, package = "libyaml-dev")
    debian_library(name = "tomlplusplus", archives = {"tomlplusplus": ""}, header = "toml++/toml.h", package = "libtomlplusplus-dev")
    debian_library(name = "cli11", archives = {"cli11": ""}, header = "CLI/CLI.hpp", package = "libcli11-dev")
    debian_library(name = "libdeflate", archives = {"deflate": "libdeflate.a"}, package = "libdeflate-dev")
    debian_library(name = "lzma", archives = {"lzma": "liblzma.a"}, package = "liblzma-dev")
    debian_library(name = "libmd", archives = {"md": "libmd.a"}, package = "libmd-dev")
    debian_library(name = "xxhash", archives = {"xxhash": ""}, header = "xxhash.h", package = "libxxhash-dev")

    # What npm has: the bundler and the standard library's packages; programs for the tests; the
    # peers of the benchmarks; linters; versions of Node; the programs and libraries of //tests/npm.
    for name, folder in {
        "npm": "third_party/npm",
        "npm_bench": "third_party/npm_bench",
        "npm_libraries": "tests/npm/libraries",
        "npm_lint": "third_party/npm_lint",
        "npm_nodes": "third_party/npm_nodes",
        "npm_programs": "tests/npm",
        "npm_tests": "third_party/npm_tests",
    }.items():
        npm_packages(
            name = name,
            package_json = "//%s:package.json" % folder,
            package_lock = "//%s:package-lock.json" % folder,
        )
