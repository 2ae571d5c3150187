// The compression libraries behind internalBinding('zlib'), without V8: one interface over zlib, Brotli
// and zstd. zlib.cc makes them on the isolate's thread and runs Work() there or in the pool.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dv8::node {

// Numbers of lib's classes; `constants.zlib` has them, too.
enum class ZlibMode : uint8_t { kNone, kDeflate, kInflate, kGzip, kGunzip, kDeflateRaw, kInflateRaw, kUnzip };

// What a stream's 'error' is made of. `code` is empty when there is none.
struct CompressionError {
  std::string message;
  std::string code;
  int number = 0;
  explicit operator bool() const { return !code.empty(); }
};

// Counts what a library allocates. It may do so on a thread of the pool, from where V8 cannot be told.
class CompressionMemory {
 public:
  void* Allocate(size_t size);
  void Free(void* pointer);
  // What came (or went, negative) since the last call.
  ptrdiff_t TakeDifference() { return unreported_.exchange(0, std::memory_order_relaxed); }

  // The libraries' hooks; `self` is a CompressionMemory.
  static void* AllocateFor(void* self, size_t size) { return static_cast<CompressionMemory*>(self)->Allocate(size); }
  static void FreeFor(void* self, void* pointer) { static_cast<CompressionMemory*>(self)->Free(pointer); }

 private:
  std::atomic<ptrdiff_t> unreported_{0};
};

class Compressor {
 public:
  virtual ~Compressor() = default;

  // The bytes of the next Work(); `flush` is one of the library's own numbers, at most max_flush().
  virtual void Prepare(int flush, std::span<const uint8_t> input, std::span<uint8_t> output) = 0;
  virtual int max_flush() const = 0;
  // Compresses or decompresses what it can. On any thread, one at a time.
  virtual void Work() = 0;
  // What went wrong in Work(), if anything.
  virtual CompressionError Error() const = 0;
  // The bytes of input and output that Work() has left.
  virtual size_t input_left() const = 0;
  virtual size_t output_left() const = 0;
  // Begins a new stream with the same parameters.
  virtual CompressionError Reset() = 0;
  // Sets a parameter of Brotli or zstd.
  virtual CompressionError SetParameter(int key, uint32_t value) = 0;
};

struct ZlibOptions {
  ZlibMode mode = ZlibMode::kNone;
  int window_bits = 15;  // 8 to 15; or 0, when decompressing, for what the header says.
  int level = -1;
  int mem_level = 8;
  int strategy = 0;
  bool reject_garbage_after_end = false;
  std::vector<uint8_t> dictionary;
};

class ZlibCompressor : public Compressor {
 public:
  // deflateParams(); only of deflating streams, others ignore it.
  virtual CompressionError SetLevel(int level, int strategy) = 0;
};

// `memory` is borrowed and must outlive the result. Nothing is allocated before the first use, so that
// errors of the options come from there.
std::unique_ptr<ZlibCompressor> MakeZlib(ZlibOptions options, CompressionMemory* memory);

// Null, with `error`, where the library refuses. A dictionary is copied.
std::unique_ptr<Compressor> MakeBrotliEncoder(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error);
std::unique_ptr<Compressor> MakeBrotliDecoder(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error);

inline constexpr uint64_t kUnknownSize = UINT64_MAX;
// `size` is what will be compressed, or kUnknownSize.
std::unique_ptr<Compressor> MakeZstdCompressor(uint64_t size, std::span<const uint8_t> dictionary, CompressionMemory* memory,
                                               CompressionError* error);
std::unique_ptr<Compressor> MakeZstdDecompressor(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error);

}  // namespace dv8::node
