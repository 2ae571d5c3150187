#include "packager/vm/decompress.h"

#include <libdeflate.h>
#include <lzma.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>

namespace dv8 {
namespace {

constexpr size_t kLeast = 4096;         // Of room that is tried.
constexpr size_t kLargest = 256 << 20;  // Of modules, and of what liblzma may take.

enum class Outcome { kDone, kNeedsRoom, kDamaged };

// Each writes what `in` stands for into `out`, whose size it then has.
using Decoder = Outcome (*)(std::string_view in, std::string* out);

Outcome Unxz(std::string_view in, std::string* out) {
  uint64_t memory = kLargest;
  size_t in_at = 0;
  size_t out_at = 0;
  const lzma_ret code = lzma_stream_buffer_decode(&memory, 0, nullptr, reinterpret_cast<const uint8_t*>(in.data()), &in_at, in.size(),
                                                  reinterpret_cast<uint8_t*>(out->data()), &out_at, out->size());
  if (code == LZMA_BUF_ERROR && in_at < in.size()) return Outcome::kNeedsRoom;
  out->resize(out_at);
  return code == LZMA_OK ? Outcome::kDone : Outcome::kDamaged;
}

Outcome Unzstd(std::string_view in, std::string* out) {
  const size_t size = ZSTD_decompress(out->data(), out->size(), in.data(), in.size());
  if (ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall) return Outcome::kNeedsRoom;
  if (ZSTD_isError(size)) return Outcome::kDamaged;
  out->resize(size);
  return Outcome::kDone;
}

Outcome Gunzip(std::string_view in, std::string* out) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(libdeflate_alloc_decompressor(),
                                                                                                  libdeflate_free_decompressor);
  size_t size = 0;
  const libdeflate_result result = libdeflate_gzip_decompress(decompressor.get(), in.data(), in.size(), out->data(), out->size(), &size);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return Outcome::kNeedsRoom;
  if (result != LIBDEFLATE_SUCCESS) return Outcome::kDamaged;
  out->resize(size);
  return Outcome::kDone;
}

}  // namespace

Result<std::string> DecompressModule(std::string_view file, std::string bytes) {
  if (file.ends_with(".ko")) return bytes;
  const Decoder decode = file.ends_with(".xz") ? Unxz : file.ends_with(".zst") ? Unzstd : file.ends_with(".gz") ? Gunzip : nullptr;
  if (decode == nullptr) return Diagnostic{"is a module compressed in a way that is not known: .xz, .zst and .gz are"};
  for (size_t room = std::max<size_t>(4 * bytes.size(), kLeast); room <= kLargest; room *= 2) {
    std::string module(room, '\0');
    const Outcome outcome = decode(bytes, &module);
    if (outcome == Outcome::kDone && !module.empty()) return module;
    if (outcome != Outcome::kNeedsRoom) break;
  }
  return Diagnostic{"is damaged, or no compressed module"};
}

}  // namespace dv8
