// Modules of kernels, compressed by the libraries of the programs that distributions use.
#include "packager/vm/decompress.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <lzma.h>
#include <zstd.h>

#include <memory>

namespace dv8 {
namespace {

std::string Module() {
  std::string module(
      "\x7f"
      "ELF");
  for (int i = 0; i < 100'000; i++) module += static_cast<char>(i % 251 * (i / 1000));
  return module;
}

std::string Xz(const std::string& bytes) {
  std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
  size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
                                    reinterpret_cast<uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  return out.substr(0, size);
}

std::string Zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  return out.substr(0, ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
}

std::string Gzip(const std::string& bytes) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(libdeflate_alloc_compressor(6),
                                                                                            libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  return out.substr(0, libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
}

struct Kind {
  const char* extension;
  std::string (*compress)(const std::string&);
};
constexpr Kind kKinds[] = {{".xz", Xz}, {".zst", Zstd}, {".gz", Gzip}};

TEST(DecompressModuleTest, ReadsEachKind) {
  EXPECT_EQ(DecompressModule("a.ko", "as it is").value(), "as it is");
  for (const auto& [extension, compress] : kKinds) {
    EXPECT_EQ(DecompressModule(std::string("a.ko") + extension, compress(Module())).value(), Module()) << extension;
    // Much larger than what it is made from.
    const std::string zeros(1 << 20, '\0');
    EXPECT_EQ(DecompressModule(std::string("a.ko") + extension, compress(zeros)).value(), zeros) << extension;
  }
}

TEST(DecompressModuleTest, RefusesWhatIsDamaged) {
  for (const auto& [extension, compress] : kKinds) {
    const std::string file = std::string("a.ko") + extension;
    const std::string whole = compress(Module());
    std::string changed = whole;
    changed[changed.size() / 2] = static_cast<char>(~changed[changed.size() / 2]);
    for (const std::string& bytes : {std::string(), std::string("no module"), whole.substr(0, whole.size() / 2), changed}) {
      const Result<std::string> result = DecompressModule(file, bytes);
      if (bytes == changed && result.ok()) continue;  // Zstandard without a checksum cannot tell.
      ASSERT_FALSE(result.ok()) << extension;
      EXPECT_EQ(result.error().text, "is damaged, or no compressed module");
    }
  }
  EXPECT_EQ(DecompressModule("a.ko.lzo", "x").error().text, "is a module compressed in a way that is not known: .xz, .zst and .gz are");
}

}  // namespace
}  // namespace dv8
