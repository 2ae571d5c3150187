// Allocation hooks are in the "static" part of zstd's header, and in Debian's libzstd.a.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include "runtime/bindings/node/compressor.h"

namespace dv8::node {
namespace {

std::string NameOf(ZSTD_ErrorCode code) {
  switch (code) {
#define V(name) \
  case ZSTD_error_##name: return "ZSTD_error_" #name;
    V(no_error)
    V(prefix_unknown)
    V(version_unsupported)
    V(frameParameter_unsupported)
    V(frameParameter_windowTooLarge)
    V(corruption_detected)
    V(checksum_wrong)
    V(literals_headerWrong)
    V(dictionary_corrupted)
    V(dictionary_wrong)
    V(dictionaryCreation_failed)
    V(parameter_unsupported)
    V(parameter_combination_unsupported)
    V(parameter_outOfBound)
    V(tableLog_tooLarge)
    V(maxSymbolValue_tooLarge)
    V(maxSymbolValue_tooSmall)
    V(stabilityCondition_notRespected)
    V(stage_wrong)
    V(init_missing)
    V(memory_allocation)
    V(workSpace_tooSmall)
    V(dstSize_tooSmall)
    V(srcSize_wrong)
    V(dstBuffer_null)
    V(noForwardProgress_destFull)
    V(noForwardProgress_inputEmpty)
#undef V
    default: return "ZSTD_error_GENERIC";
  }
}

CompressionError Refused(const char* message, const char* code) { return {message, code, -1}; }
CompressionError NoInstance() { return Refused("Could not initialize zstd instance", "ERR_ZLIB_INITIALIZATION_FAILED"); }
CompressionError NoDictionary() { return Refused("Failed to load zstd dictionary", "ERR_ZLIB_DICTIONARY_LOAD_FAILED"); }
CompressionError Parameter(size_t result) {
  return ZSTD_isError(result) ? Refused("Setting parameter failed", "ERR_ZSTD_PARAM_SET_FAILED") : CompressionError{};
}

class Zstd : public Compressor {
 public:
  explicit Zstd(CompressionMemory* memory) : memory_{CompressionMemory::AllocateFor, CompressionMemory::FreeFor, memory} {}

  void Prepare(int flush, std::span<const uint8_t> input, std::span<uint8_t> output) override {
    flush_ = static_cast<ZSTD_EndDirective>(flush);
    input_ = {input.data(), input.size(), 0};
    output_ = {output.data(), output.size(), 0};
  }
  int max_flush() const override { return ZSTD_e_end; }
  size_t input_left() const override { return input_.size - input_.pos; }
  size_t output_left() const override { return output_.size - output_.pos; }
  CompressionError Error() const override {
    if (error_ == ZSTD_error_no_error) return {};
    return {ZSTD_getErrorString(error_), NameOf(error_), error_};
  }

 protected:
  ZSTD_customMem memory_;
  ZSTD_EndDirective flush_ = ZSTD_e_continue;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  ZSTD_outBuffer output_{nullptr, 0, 0};
  ZSTD_ErrorCode error_ = ZSTD_error_no_error;
};

class ZstdEncoder final : public Zstd {
 public:
  ZstdEncoder(CompressionMemory* memory, uint64_t size) : Zstd(memory), size_(size) {}

  CompressionError Open(std::span<const uint8_t> dictionary) {
    error_ = ZSTD_error_no_error;
    taken_ = 0;
    counts_ = size_ != kUnknownSize;
    state_.reset(ZSTD_createCCtx_advanced(memory_));
    if (state_ == nullptr) return NoInstance();
    if (!dictionary.empty() && ZSTD_isError(ZSTD_CCtx_loadDictionary(state_.get(), dictionary.data(), dictionary.size()))) {
      return NoDictionary();
    }
    const auto pledged = counts_ ? static_cast<unsigned long long>(size_) : ZSTD_CONTENTSIZE_UNKNOWN;
    if (ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(state_.get(), pledged))) {
      return Refused("Could not set pledged src size", "ERR_ZLIB_INITIALIZATION_FAILED");
    }
    return {};
  }
  void Work() override {
    const size_t before = input_.pos;
    const size_t left = ZSTD_compressStream2(state_.get(), &output_, &input_, flush_);
    taken_ += input_.pos - before;
    if (ZSTD_isError(left)) {
      error_ = ZSTD_getErrorCode(left);
    } else if (left == 0 && flush_ == ZSTD_e_end && counts_) {
      // zstd forgets what was pledged when all comes with ZSTD_e_end at once.
      counts_ = false;
      if (taken_ != size_) error_ = ZSTD_error_srcSize_wrong;
    }
  }
  CompressionError Reset() override { return Open({}); }
  CompressionError SetParameter(int key, uint32_t value) override {
    return Parameter(ZSTD_CCtx_setParameter(state_.get(), static_cast<ZSTD_cParameter>(key), static_cast<int>(value)));
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* state) const { ZSTD_freeCCtx(state); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> state_;
  uint64_t size_;
  uint64_t taken_ = 0;
  bool counts_ = false;
};

class ZstdDecoder final : public Zstd {
 public:
  using Zstd::Zstd;

  CompressionError Open(std::span<const uint8_t> dictionary) {
    error_ = ZSTD_error_no_error;
    frame_complete_ = false;
    state_.reset(ZSTD_createDCtx_advanced(memory_));
    if (state_ == nullptr) return NoInstance();
    if (!dictionary.empty() && ZSTD_isError(ZSTD_DCtx_loadDictionary(state_.get(), dictionary.data(), dictionary.size()))) {
      return NoDictionary();
    }
    return {};
  }
  void Work() override {
    // lib asks again without input when the output was full: that begins no new frame.
    if (frame_complete_ && input_.size == 0) return;
    const size_t hint = ZSTD_decompressStream(state_.get(), &output_, &input_);
    if (ZSTD_isError(hint)) error_ = ZSTD_getErrorCode(hint);
    frame_complete_ = hint == 0;
  }
  CompressionError Error() const override {
    if (CompressionError error = Zstd::Error()) return error;
    if (flush_ == ZSTD_e_end && !frame_complete_ && input_left() == 0 && output_left() > 0) {
      return {"unexpected end of file", "Z_BUF_ERROR", -5};  // zlib's code.
    }
    return {};
  }
  CompressionError Reset() override { return Open({}); }
  CompressionError SetParameter(int key, uint32_t value) override {
    return Parameter(ZSTD_DCtx_setParameter(state_.get(), static_cast<ZSTD_dParameter>(key), static_cast<int>(value)));
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> state_;
  bool frame_complete_ = false;
};

}  // namespace

std::unique_ptr<Compressor> MakeZstdCompressor(uint64_t size, std::span<const uint8_t> dictionary, CompressionMemory* memory,
                                               CompressionError* error) {
  auto made = std::make_unique<ZstdEncoder>(memory, size);
  *error = made->Open(dictionary);
  if (*error) return nullptr;
  return made;
}
std::unique_ptr<Compressor> MakeZstdDecompressor(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error) {
  auto made = std::make_unique<ZstdDecoder>(memory);
  *error = made->Open(dictionary);
  if (*error) return nullptr;
  return made;
}

}  // namespace dv8::node
