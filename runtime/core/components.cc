#include "runtime/core/components.h"

#include <ada.h>
#include <ares_version.h>
#include <brotli/encode.h>
#include <gnu/libc-version.h>
#include <llhttp.h>
#include <lz4.h>
#include <merve.h>
#include <ncrypto.h>
#include <nghttp2/nghttp2ver.h>
#include <openssl/opensslv.h>
#include <simdutf.h>
#include <sqlite3.h>
#include <unicode/uvernum.h>
#include <uv.h>
#include <uvwasi.h>
#include <v8-initialization.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

#include <vector>

#include "runtime/core/version.h"

namespace dv8 {
namespace {

std::string Dotted(unsigned major, unsigned minor, unsigned patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

std::span<const Component> Components() {
  using enum Component::Part;
  const uint32_t brotli = BrotliEncoderVersion();
  static const std::vector<Component> components = {
      {kEvery, "v8", v8::V8::GetVersion(), "BSD-3-Clause"},
      {kEvery, "libuv", uv_version_string(), "MIT"},
      {kEvery, "icu", U_ICU_VERSION, "Unicode-3.0"},
      {kEvery, "simdutf", SIMDUTF_VERSION, "Apache-2.0 OR MIT"},
      {kEvery, "lz4", LZ4_VERSION_STRING, "BSD-2-Clause"},
      {kEvery, "xxhash", Dotted(XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE), "BSD-2-Clause"},
      {kEvery, "glibc", gnu_get_libc_version(), "LGPL-2.1-or-later"},
      {kEvery, "libstdc++", std::to_string(_GLIBCXX_RELEASE), "GPL-3.0-or-later WITH GCC-exception-3.1"},
      {kFull, "ada", ADA_VERSION, "Apache-2.0 OR MIT"},
      {kFull, "brotli", Dotted(brotli >> 24, brotli >> 12 & 0xFFF, brotli & 0xFFF), "MIT"},
      {kFull, "c-ares", ARES_VERSION_STR, "MIT"},
      {kFull, "llhttp", Dotted(LLHTTP_VERSION_MAJOR, LLHTTP_VERSION_MINOR, LLHTTP_VERSION_PATCH), "MIT"},
      {kFull, "merve", MERVE_VERSION, "MIT"},
      {kFull, "ncrypto", NCRYPTO_VERSION, "MIT"},
      {kFull, "nghttp2", NGHTTP2_VERSION, "MIT"},
      {kFull, "openssl", OPENSSL_VERSION_STR, "Apache-2.0"},
      {kFull, "sqlite", SQLITE_VERSION, "blessing"},
      {kFull, "uvwasi", Dotted(UVWASI_VERSION_MAJOR, UVWASI_VERSION_MINOR, UVWASI_VERSION_PATCH), "MIT"},
      {kFull, "zlib", ZLIB_VERSION, "Zlib"},
      {kFull, "zstd", ZSTD_VERSION_STRING, "BSD-3-Clause OR GPL-2.0-only"},
      {kNode, "node", kNodeVersion, "MIT"},
  };
  return components;
}

}  // namespace dv8
