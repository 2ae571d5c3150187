#include "packager/image/blob.h"

#include <libdeflate.h>
#include <sha2.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "packager/process/files.h"
#include "runtime/payload/parallel.h"

namespace dv8 {
namespace {

constexpr int kGzipLevel = 10;  // The first of the near-optimal ones: those above gain a thousandth.
constexpr int kZstdLevel = 18;
constexpr size_t kZstdFrame = 12 << 20;  // A small program is two of them: smaller ones cost more bytes.

Diagnostic Failed(const char* what) { return Diagnostic{std::string(kOurFault) + "the layer cannot be compressed: " + what}; }

Result<std::vector<std::byte>> Gzip(std::span<const std::byte> bytes) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(libdeflate_alloc_compressor(kGzipLevel),
                                                                                            libdeflate_free_compressor);
  if (compressor == nullptr) return Failed("out of memory");
  std::vector<std::byte> out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()));
  out.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  if (out.empty()) return Failed("gzip");
  return out;
}

// One frame; empty when it fails.
std::vector<std::byte> ZstdFrame(std::span<const std::byte> bytes) {
  std::vector<std::byte> out(ZSTD_compressBound(bytes.size()));
  const size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kZstdLevel);
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

// A file is any number of frames: each is made by itself, by as many threads as there are processors. `bytes` are not empty.
Result<std::vector<std::byte>> Zstd(std::span<const std::byte> bytes) {
  std::vector<std::vector<std::byte>> frames((bytes.size() + kZstdFrame - 1) / kZstdFrame);
  InParallel(frames.size(), [&](size_t i) {
    const size_t start = i * kZstdFrame;
    frames[i] = ZstdFrame(bytes.subspan(start, std::min(kZstdFrame, bytes.size() - start)));
  });
  std::vector<std::byte> out;
  for (const std::vector<std::byte>& frame : frames) {
    if (frame.empty()) return Failed("Zstandard");
    out.insert(out.end(), frame.begin(), frame.end());
  }
  return out;
}

}  // namespace

std::string Sha256(std::span<const std::byte> bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  SHA256Final(digest, &context);
  std::string text;
  for (const uint8_t byte : digest) text.append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  return text;
}

Result<std::vector<std::byte>> Compress(std::span<const std::byte> bytes, Compression compression) {
  return compression == Compression::kGzip ? Gzip(bytes) : Zstd(bytes);
}

}  // namespace dv8
