#include <brotli/decode.h>
#include <brotli/encode.h>
// From Brotli 1.1 on; Debian 12 has 1.0.9.
#if __has_include(<brotli/shared_dictionary.h>)
#include <brotli/shared_dictionary.h>
#define DV8_BROTLI_DICTIONARIES 1
#endif

#include "runtime/bindings/node/compressor.h"

namespace dv8::node {
namespace {

CompressionError Refused(const char* message, const char* code) { return {message, code, -1}; }
CompressionError NoInstance() { return Refused("Could not initialize Brotli instance", "ERR_ZLIB_INITIALIZATION_FAILED"); }
CompressionError NoParameter() { return Refused("Setting parameter failed", "ERR_BROTLI_PARAM_SET_FAILED"); }
CompressionError NoDictionary(const char* verb) {
  return Refused((std::string("Failed to ") + verb + " brotli dictionary").c_str(), "ERR_ZLIB_DICTIONARY_LOAD_FAILED");
}

// As Brotli 1.1 names them, which is what Node has; BrotliDecoderErrorString() of 1.0.9 leaves the kind out.
const char* NameOf(BrotliDecoderErrorCode code) {
  switch (code) {
#define V(prefix, name, number) \
  case BROTLI_DECODER##prefix##name: return "ERR_" #prefix #name;
#define SEPARATOR
    BROTLI_DECODER_ERROR_CODES_LIST(V, SEPARATOR)
#undef SEPARATOR
#undef V
  }
  return "ERR_UNKNOWN";
}

class Brotli : public Compressor {
 public:
  Brotli(std::span<const uint8_t> dictionary, CompressionMemory* memory)
      : memory_(memory), dictionary_(dictionary.begin(), dictionary.end()) {}

  void Prepare(int flush, std::span<const uint8_t> input, std::span<uint8_t> output) override {
    flush_ = static_cast<BrotliEncoderOperation>(flush);
    next_in_ = input.data();
    input_left_ = input.size();
    next_out_ = output.data();
    output_left_ = output.size();
  }
  int max_flush() const override { return BROTLI_OPERATION_EMIT_METADATA; }
  size_t input_left() const override { return input_left_; }
  size_t output_left() const override { return output_left_; }

 protected:
  CompressionMemory* memory_;
  std::vector<uint8_t> dictionary_;  // The library reads it as long as its state lives.
  BrotliEncoderOperation flush_ = BROTLI_OPERATION_PROCESS;
  const uint8_t* next_in_ = nullptr;
  uint8_t* next_out_ = nullptr;
  size_t input_left_ = 0, output_left_ = 0;
};

class Encoder final : public Brotli {
 public:
  using Brotli::Brotli;
  CompressionError Open() {
    ok_ = true;
    state_.reset(BrotliEncoderCreateInstance(CompressionMemory::AllocateFor, CompressionMemory::FreeFor, memory_));
    return state_ == nullptr ? NoInstance() : Attach();
  }
  void Work() override {
    ok_ = BrotliEncoderCompressStream(state_.get(), flush_, &input_left_, &next_in_, &output_left_, &next_out_, nullptr);
  }
  CompressionError Error() const override {
    return ok_ ? CompressionError{} : Refused("Compression failed", "ERR_BROTLI_COMPRESSION_FAILED");
  }
  // As Node has it: neither parameters nor dictionary stay.
  CompressionError Reset() override {
    dictionary_.clear();
    return Open();
  }
  CompressionError SetParameter(int key, uint32_t value) override {
    return BrotliEncoderSetParameter(state_.get(), static_cast<BrotliEncoderParameter>(key), value) ? CompressionError{} : NoParameter();
  }

 private:
  CompressionError Attach() {
    if (dictionary_.empty()) return {};
#ifdef DV8_BROTLI_DICTIONARIES
    prepared_.reset(BrotliEncoderPrepareDictionary(BROTLI_SHARED_DICTIONARY_RAW, dictionary_.size(), dictionary_.data(), BROTLI_MAX_QUALITY,
                                                   CompressionMemory::AllocateFor, CompressionMemory::FreeFor, memory_));
    if (prepared_ == nullptr) return NoDictionary("prepare");
    if (BrotliEncoderAttachPreparedDictionary(state_.get(), prepared_.get())) return {};
    return NoDictionary("attach");
#else
    return NoDictionary("prepare");
#endif
  }

  struct Destroy {
    void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }
#ifdef DV8_BROTLI_DICTIONARIES
    void operator()(BrotliEncoderPreparedDictionary* prepared) const { BrotliEncoderDestroyPreparedDictionary(prepared); }
#endif
  };
#ifdef DV8_BROTLI_DICTIONARIES
  std::unique_ptr<BrotliEncoderPreparedDictionary, Destroy> prepared_;
#endif
  std::unique_ptr<BrotliEncoderState, Destroy> state_;
  bool ok_ = true;
};

class Decoder final : public Brotli {
 public:
  using Brotli::Brotli;
  CompressionError Open() {
    result_ = BROTLI_DECODER_RESULT_SUCCESS;
    error_ = BROTLI_DECODER_NO_ERROR;
    state_.reset(BrotliDecoderCreateInstance(CompressionMemory::AllocateFor, CompressionMemory::FreeFor, memory_));
    if (state_ == nullptr) return NoInstance();
    if (dictionary_.empty()) return {};
#ifdef DV8_BROTLI_DICTIONARIES
    if (BrotliDecoderAttachDictionary(state_.get(), BROTLI_SHARED_DICTIONARY_RAW, dictionary_.size(), dictionary_.data())) return {};
#endif
    return NoDictionary("attach");
  }
  void Work() override {
    result_ = BrotliDecoderDecompressStream(state_.get(), &input_left_, &next_in_, &output_left_, &next_out_, nullptr);
    if (result_ == BROTLI_DECODER_RESULT_ERROR) error_ = BrotliDecoderGetErrorCode(state_.get());
  }
  CompressionError Error() const override {
    if (error_ != BROTLI_DECODER_NO_ERROR) {
      return {"Decompression failed", NameOf(error_), error_};
    }
    if (flush_ == BROTLI_OPERATION_FINISH && result_ == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) {
      return {"unexpected end of file", "Z_BUF_ERROR", -5};  // Brotli has no code for it; zlib's.
    }
    return {};
  }
  CompressionError Reset() override {
    dictionary_.clear();
    return Open();
  }
  CompressionError SetParameter(int key, uint32_t value) override {
    return BrotliDecoderSetParameter(state_.get(), static_cast<BrotliDecoderParameter>(key), value) ? CompressionError{} : NoParameter();
  }

 private:
  struct Destroy {
    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
  };
  std::unique_ptr<BrotliDecoderState, Destroy> state_;
  BrotliDecoderResult result_ = BROTLI_DECODER_RESULT_SUCCESS;
  BrotliDecoderErrorCode error_ = BROTLI_DECODER_NO_ERROR;
};

template <typename T>
std::unique_ptr<Compressor> Make(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error) {
  auto made = std::make_unique<T>(dictionary, memory);
  *error = made->Open();
  if (*error) return nullptr;
  return made;
}

}  // namespace

std::unique_ptr<Compressor> MakeBrotliEncoder(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error) {
  return Make<Encoder>(dictionary, memory, error);
}
std::unique_ptr<Compressor> MakeBrotliDecoder(std::span<const uint8_t> dictionary, CompressionMemory* memory, CompressionError* error) {
  return Make<Decoder>(dictionary, memory, error);
}

}  // namespace dv8::node
