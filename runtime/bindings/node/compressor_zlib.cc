#include <zlib.h>

#include <cstdlib>
#include <cstring>

#include "runtime/bindings/node/compressor.h"

namespace dv8::node {

namespace {

// In front of each allocation lies its size.
constexpr size_t kHead = alignof(std::max_align_t);
static_assert(kHead >= sizeof(size_t));

constexpr uint8_t kGzipMagic[] = {0x1f, 0x8b};

std::string NameOf(int rc) {
  switch (rc) {
    case Z_OK: return "Z_OK";
    case Z_STREAM_END: return "Z_STREAM_END";
    case Z_NEED_DICT: return "Z_NEED_DICT";
    case Z_ERRNO: return "Z_ERRNO";
    case Z_STREAM_ERROR: return "Z_STREAM_ERROR";
    case Z_DATA_ERROR: return "Z_DATA_ERROR";
    case Z_MEM_ERROR: return "Z_MEM_ERROR";
    case Z_BUF_ERROR: return "Z_BUF_ERROR";
    case Z_VERSION_ERROR: return "Z_VERSION_ERROR";
    default: return "Z_UNKNOWN_ERROR";
  }
}

class Zlib final : public ZlibCompressor {
 public:
  Zlib(ZlibOptions options, CompressionMemory* memory) : options_(std::move(options)), mode_(options_.mode) {
    stream_.zalloc = [](void* opaque, uInt items, uInt size) { return CompressionMemory::AllocateFor(opaque, size_t{items} * size); };
    stream_.zfree = CompressionMemory::FreeFor;
    stream_.opaque = memory;
  }
  ~Zlib() override {
    if (!open_) return;
    if (deflates()) {
      deflateEnd(&stream_);
    } else {
      inflateEnd(&stream_);
    }
  }

  void Prepare(int flush, std::span<const uint8_t> input, std::span<uint8_t> output) override {
    flush_ = flush;
    stream_.next_in = const_cast<Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = output.data();
    stream_.avail_out = static_cast<uInt>(output.size());
  }
  int max_flush() const override { return Z_BLOCK; }

  void Work() override {
    if (!Open()) return;
    if (deflates()) {
      rc_ = deflate(&stream_, flush_);
      return;
    }
    if (mode_ == ZlibMode::kUnzip) Recognize();
    Inflate();
  }

  CompressionError Error() const override {
    switch (rc_) {
      case Z_OK:
      case Z_BUF_ERROR:
        // All input was taken and there is room, but the end has not come.
        if (stream_.avail_out != 0 && flush_ == Z_FINISH) return Failure("unexpected end of file");
        return {};
      case Z_STREAM_END: return {};
      case Z_NEED_DICT: return Failure(options_.dictionary.empty() ? "Missing dictionary" : "Bad dictionary");
      default: return Failure("Zlib error");
    }
  }
  size_t input_left() const override { return stream_.avail_in; }
  size_t output_left() const override { return stream_.avail_out; }

  CompressionError Reset() override {
    if (!Open()) return Failure("Failed to init stream before reset");
    rc_ = deflates() ? deflateReset(&stream_) : inflateReset(&stream_);
    if (rc_ != Z_OK) return Failure("Failed to reset stream");
    SetDictionary();
    return rc_ == Z_OK ? CompressionError{} : Failure("Failed to set dictionary");
  }

  CompressionError SetLevel(int level, int strategy) override {
    if (!Open()) return Failure("Failed to init stream before set parameters");
    rc_ = Z_OK;
    // zlib ends the block that it is in; lib has flushed it, and there is no room for another one.
    static Bytef no_room;
    Prepare(Z_NO_FLUSH, {}, {&no_room, 0});
    // A gzip header tells the level: it stays.
    if (mode_ == ZlibMode::kDeflate || mode_ == ZlibMode::kDeflateRaw) rc_ = deflateParams(&stream_, level, strategy);
    return rc_ == Z_OK || rc_ == Z_BUF_ERROR ? CompressionError{} : Failure("Failed to set parameters");
  }
  CompressionError SetParameter(int, uint32_t) override { return {}; }

 private:
  bool deflates() const { return mode_ == ZlibMode::kDeflate || mode_ == ZlibMode::kGzip || mode_ == ZlibMode::kDeflateRaw; }

  CompressionError Failure(const char* message) const { return {stream_.msg != nullptr ? stream_.msg : message, NameOf(rc_), rc_}; }

  // windowBits as zlib takes it: its sign and what is added name the format.
  int window_bits() const {
    switch (mode_) {
      case ZlibMode::kGzip:
      case ZlibMode::kGunzip: return options_.window_bits + 16;
      case ZlibMode::kUnzip: return options_.window_bits + 32;
      case ZlibMode::kDeflateRaw:
      case ZlibMode::kInflateRaw: return -options_.window_bits;
      default: return options_.window_bits;
    }
  }

  // Makes zlib's state at the first use: it is large, and many streams end before.
  bool Open() {
    if (open_) return true;
    stream_.msg = nullptr;
    rc_ = deflates() ? deflateInit2(&stream_, options_.level, Z_DEFLATED, window_bits(), options_.mem_level, options_.strategy)
                     : inflateInit2(&stream_, window_bits());
    open_ = rc_ == Z_OK;
    if (open_) SetDictionary();
    return rc_ == Z_OK;
  }

  void SetDictionary() {
    if (options_.dictionary.empty()) return;
    const Bytef* bytes = options_.dictionary.data();
    const auto size = static_cast<uInt>(options_.dictionary.size());
    if (mode_ == ZlibMode::kDeflate || mode_ == ZlibMode::kDeflateRaw) {
      rc_ = deflateSetDictionary(&stream_, bytes, size);
    } else if (mode_ == ZlibMode::kInflateRaw) {
      // The others ask for it (Z_NEED_DICT).
      rc_ = inflateSetDictionary(&stream_, bytes, size);
    }
  }

  // By the first two bytes, which may come one at a time: only gzip has members that follow each other.
  void Recognize() {
    for (size_t at = 0; at < stream_.avail_in && magic_seen_ < sizeof(kGzipMagic); at++) {
      if (stream_.next_in[at] != kGzipMagic[magic_seen_]) {
        mode_ = ZlibMode::kInflate;
        return;
      }
      magic_seen_++;
    }
    if (magic_seen_ == sizeof(kGzipMagic)) mode_ = ZlibMode::kGunzip;
  }

  void Inflate() {
    rc_ = inflate(&stream_, flush_);
    if (rc_ == Z_NEED_DICT && mode_ != ZlibMode::kInflateRaw && !options_.dictionary.empty()) {
      rc_ = inflateSetDictionary(&stream_, options_.dictionary.data(), static_cast<uInt>(options_.dictionary.size()));
      if (rc_ == Z_OK) {
        rc_ = inflate(&stream_, flush_);
      } else if (rc_ == Z_DATA_ERROR) {
        rc_ = Z_NEED_DICT;  // It is another dictionary; the data are not to blame.
      }
    }
    // Another member follows, or garbage; zeros are padding.
    while (mode_ == ZlibMode::kGunzip && rc_ == Z_STREAM_END && stream_.avail_in > 0 && !options_.reject_garbage_after_end &&
           *stream_.next_in != 0) {
      Reset();
      rc_ = inflate(&stream_, flush_);
    }
  }

  ZlibOptions options_;
  ZlibMode mode_;
  z_stream stream_{};
  bool open_ = false;
  int rc_ = Z_OK;
  int flush_ = Z_NO_FLUSH;
  size_t magic_seen_ = 0;
};

}  // namespace

void* CompressionMemory::Allocate(size_t size) {
  if (size > SIZE_MAX - kHead) return nullptr;
  auto* memory = static_cast<uint8_t*>(std::malloc(size + kHead));
  if (memory == nullptr) return nullptr;
  std::memcpy(memory, &size, sizeof(size));
  unreported_.fetch_add(static_cast<ptrdiff_t>(size), std::memory_order_relaxed);
  return memory + kHead;
}

void CompressionMemory::Free(void* pointer) {
  if (pointer == nullptr) return;
  uint8_t* memory = static_cast<uint8_t*>(pointer) - kHead;
  size_t size;
  std::memcpy(&size, memory, sizeof(size));
  unreported_.fetch_sub(static_cast<ptrdiff_t>(size), std::memory_order_relaxed);
  std::free(memory);
}

std::unique_ptr<ZlibCompressor> MakeZlib(ZlibOptions options, CompressionMemory* memory) {
  return std::make_unique<Zlib>(std::move(options), memory);
}

}  // namespace dv8::node
