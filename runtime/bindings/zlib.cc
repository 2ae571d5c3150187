// runtime/bindings/zlib.cc: internal:zlib, deflate and its relatives, chunk by chunk on the
// calling thread.
#include <zlib.h>

#include <cstring>
#include <string>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// The numbers of Node's classes.
enum class Mode { kDeflate = 1, kInflate, kGzip, kGunzip, kDeflateRaw, kInflateRaw, kUnzip };

class Stream : public NativeObject {
 public:
  Stream(Environment* env, v8::Local<v8::Object> object, Mode mode, int window_bits,
         std::span<const uint8_t> dictionary)
      : NativeObject(env, object), mode_(mode), dictionary_(dictionary.begin(), dictionary.end()) {
    switch (mode) {
      case Mode::kGzip:
      case Mode::kGunzip: window_bits_ = window_bits + 16; break;
      case Mode::kUnzip: window_bits_ = window_bits + 32; break;
      case Mode::kDeflateRaw:
      case Mode::kInflateRaw: window_bits_ = -window_bits; break;
      default: window_bits_ = window_bits; break;
    }
  }
  ~Stream() override {
    if (open_) deflates() ? deflateEnd(&z_) : inflateEnd(&z_);
  }

  // new Stream(mode, windowBits, level, memLevel, strategy, dictionary or undefined).
  static void Construct(const CallInfo& info) {
    DV8_CHECK(info.IsConstructCall());
    const int mode = Int32Arg(info, 0);
    DV8_CHECK(mode >= 1 && mode <= static_cast<int>(Mode::kUnzip));
    auto* self = new Stream(Environment::From(info), info.This(), static_cast<Mode>(mode),
                            Int32Arg(info, 1), BytesOf(info[5]));
    int rc;
    if (self->deflates()) {
      rc = deflateInit2(&self->z_, Int32Arg(info, 2), Z_DEFLATED, self->window_bits_,
                        Int32Arg(info, 3), Int32Arg(info, 4));
    } else {
      rc = inflateInit2(&self->z_, self->window_bits_);
    }
    self->open_ = rc == Z_OK;
    self->error_ = rc;
    if (rc == Z_OK) self->error_ = self->SetDictionary();
  }

  // process(flush, input, start, end, output, start, numbers): fills the Int32Array `numbers`
  // with zlib's result, the input that is left and the output that is left.
  static void Process(const CallInfo& info) {
    auto* self = Unwrap<Stream>(info);
    const std::span<uint8_t> input = BytesOf(info[1]), output = BytesOf(info[4]);
    const size_t start = Uint32Arg(info, 2), end = Uint32Arg(info, 3);
    const size_t at = Uint32Arg(info, 5);
    const std::span<uint8_t> numbers = BytesOf(info[6]);
    DV8_CHECK(start <= end && end <= input.size() && at <= output.size());
    DV8_CHECK(numbers.size() >= 3 * sizeof(int32_t));
    if (self == nullptr) {  // It was closed.
      const int32_t result[] = {Z_STREAM_ERROR, 0, static_cast<int32_t>(output.size() - at)};
      std::memcpy(numbers.data(), result, sizeof(result));
      return;
    }
    int rc = self->error_;
    z_stream& z = self->z_;
    z.next_in = input.data() + start;
    z.avail_in = static_cast<uInt>(end - start);
    z.next_out = output.data() + at;
    z.avail_out = static_cast<uInt>(output.size() - at);
    if (rc == Z_OK) rc = self->open_ ? self->Step(Int32Arg(info, 0)) : Z_STREAM_ERROR;
    const int32_t result[] = {rc, static_cast<int32_t>(z.avail_in),
                              static_cast<int32_t>(z.avail_out)};
    std::memcpy(numbers.data(), result, sizeof(result));
    z.next_in = nullptr;
    z.next_out = nullptr;
  }

  // message() → zlib's words for the last error, or undefined.
  static void Message(const CallInfo& info) {
    auto* self = Unwrap<Stream>(info);
    if (self != nullptr && self->z_.msg != nullptr) ReturnUtf8(info, self->z_.msg);
  }

  static void Reset(const CallInfo& info) {
    auto* self = Unwrap<Stream>(info);
    if (self == nullptr || !self->open_) return;
    self->error_ = self->deflates() ? deflateReset(&self->z_) : inflateReset(&self->z_);
    if (self->error_ == Z_OK) self->error_ = self->SetDictionary();
  }

  // params(level, strategy) → zlib's result.
  static void Params(const CallInfo& info) {
    auto* self = Unwrap<Stream>(info);
    const bool usable = self != nullptr && self->open_ && self->deflates();
    info.GetReturnValue().Set(
        usable ? deflateParams(&self->z_, Int32Arg(info, 0), Int32Arg(info, 1)) : Z_STREAM_ERROR);
  }

  // Nothing native is left: a snapshot may hold the JavaScript object.
  static void Close(const CallInfo& info) { delete Unwrap<Stream>(info); }

 private:
  bool deflates() const {
    return mode_ == Mode::kDeflate || mode_ == Mode::kGzip || mode_ == Mode::kDeflateRaw;
  }

  int SetDictionary() {
    if (dictionary_.empty()) return Z_OK;
    const auto* bytes = reinterpret_cast<const Bytef*>(dictionary_.data());
    const auto size = static_cast<uInt>(dictionary_.size());
    if (deflates()) return deflateSetDictionary(&z_, bytes, size);
    return mode_ == Mode::kInflateRaw ? inflateSetDictionary(&z_, bytes, size) : Z_OK;
  }

  int Step(int flush) {
    if (deflates()) return deflate(&z_, flush);
    int rc = inflate(&z_, flush);
    if (rc == Z_NEED_DICT && !dictionary_.empty()) {
      rc = inflateSetDictionary(&z_, reinterpret_cast<const Bytef*>(dictionary_.data()),
                                static_cast<uInt>(dictionary_.size()));
      rc = rc == Z_OK ? inflate(&z_, flush) : Z_NEED_DICT;
    }
    // A gzip file may hold several members; zeros that follow them are padding.
    while (rc == Z_STREAM_END && mode_ == Mode::kGunzip && z_.avail_in > 0 && *z_.next_in != 0) {
      inflateReset(&z_);
      rc = inflate(&z_, flush);
    }
    return rc;
  }

  z_stream z_{};
  Mode mode_;
  int window_bits_;
  int error_ = Z_OK;
  bool open_ = false;
  std::string dictionary_;
};

// crc32(view, start value) → the checksum.
void Crc32(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  info.GetReturnValue().Set(static_cast<uint32_t>(
      crc32_z(Uint32Arg(info, 1), bytes.data() == nullptr ? reinterpret_cast<const Bytef*>("")
                                                          : bytes.data(),
              bytes.size())));
}

constexpr FunctionSpec kMethods[] = {
    {"close", Stream::Close},     {"message", Stream::Message}, {"params", Stream::Params},
    {"process", Stream::Process}, {"reset", Stream::Reset},
};
constexpr ClassSpec kClasses[] = {{"Stream", Stream::Construct, kMethods}};
constexpr FunctionSpec kFunctions[] = {{"crc32", Crc32}};

}  // namespace

extern const BindingSpec kZlib;
constexpr BindingSpec kZlib{"zlib", kFunctions, {}, kClasses};

}  // namespace dv8
