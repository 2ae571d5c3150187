// runtime/bindings/dv8_libz.cc: internal:dv8_libz, one zlib stream between two fixed buffers, for
// dv8:libz.
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "runtime/binding/checked.h"
#include "runtime/bindings/kept_bytes.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// The numbers of dv8's modes, which are Node's.
enum class Mode { kNone, kDeflate, kInflate, kGzip, kGunzip, kDeflateRaw, kInflateRaw, kUnzip };

constexpr int kMemoryLevel = 8;
constexpr int kGzipFormat = 16;  // Added to the window's bits: zlib.h, deflateInit2.
constexpr int kGuessFormat = 32;

class Codec : public NativeObject {
 public:
  Codec(Environment* env, v8::Local<v8::Object> object, Mode mode) : NativeObject(env, object), mode_(mode) {}
  ~Codec() override { Close(); }

  static void Construct(const CallInfo& info) {
    const int mode = Int32Arg(info, 0);
    new Codec(Environment::From(info), info.This(), static_cast<Mode>(mode));
  }

  // setup(input view, output view, level) → zlib's result.
  static void Setup(const CallInfo& info) {
    auto* self = Unwrap<Codec>(info);
    self->Close();
    self->input_ = KeptBytes(info[0]);
    self->output_ = KeptBytes(info[1]);
    info.GetReturnValue().Set(self->Open(Int32Arg(info, 2)));
  }

  // write(length, flush, room) → what is left of `room`, or zlib's negative result. `room` counts
  // from the end of the output. Length 0 goes on with the input that the last call left.
  static void Write(const CallInfo& info) {
    auto* self = Unwrap<Codec>(info);
    const uint32_t length = Uint32Arg(info, 0), room = Uint32Arg(info, 2);
    if (length > self->input_.size() || room > self->output_.size()) {
      return ThrowTypeError(info.GetIsolate(), "write: the bytes are not in the buffers");
    }
    info.GetReturnValue().Set(static_cast<double>(self->Run(length, Int32Arg(info, 1), room)));
  }

  // message() → zlib's words for the last error, or undefined.
  static void Message(const CallInfo& info) {
    auto* self = Unwrap<Codec>(info);
    if (self->z_.msg != nullptr) ReturnUtf8(info, self->z_.msg);
  }

  // left() → bytes of input that are not used yet.
  static void Left(const CallInfo& info) { info.GetReturnValue().Set(Unwrap<Codec>(info)->z_.avail_in); }

  static void End(const CallInfo& info) { Unwrap<Codec>(info)->Close(); }

 private:
  bool deflates() const { return mode_ == Mode::kDeflate || mode_ == Mode::kGzip || mode_ == Mode::kDeflateRaw; }

  int Open(int level) {
    if (mode_ == Mode::kNone) {
      open_ = true;
      return Z_OK;
    }
    int bits = MAX_WBITS;
    if (mode_ == Mode::kGzip || mode_ == Mode::kGunzip) bits += kGzipFormat;
    if (mode_ == Mode::kUnzip) bits += kGuessFormat;
    if (mode_ == Mode::kDeflateRaw || mode_ == Mode::kInflateRaw) bits = -bits;
    const int rc = deflates() ? deflateInit2(&z_, level, Z_DEFLATED, bits, kMemoryLevel, Z_DEFAULT_STRATEGY) : inflateInit2(&z_, bits);
    open_ = rc == Z_OK;
    return rc;
  }

  void Close() {
    if (open_ && mode_ != Mode::kNone) deflates() ? deflateEnd(&z_) : inflateEnd(&z_);
    open_ = false;
    z_ = {};
    input_ = {};
    output_ = {};
  }

  int64_t Run(uint32_t length, int flush, uint32_t room) {
    if (!open_) return Z_STREAM_ERROR;
    if (length > 0) {
      // What the last call left would be lost.
      if (z_.avail_in > 0) return Z_BUF_ERROR;
      z_.next_in = input_.data();
      z_.avail_in = length;
    }
    z_.next_out = output_.data() + (output_.size() - room);
    z_.avail_out = room;
    if (mode_ == Mode::kNone) {
      Copy();
      return z_.avail_out;
    }
    static Bytef nothing;
    if (z_.next_in == nullptr) z_.next_in = &nothing;
    if (z_.next_out == nullptr) z_.next_out = &nothing;
    const int rc = Step(flush);
    if (rc == Z_BUF_ERROR) {
      // Nothing to do is no error, but for an end in the midst of a stream.
      const bool cut = !deflates() && flush == Z_FINISH && z_.avail_out > 0;
      if (cut) return Z_BUF_ERROR;
      return z_.avail_out;
    }
    if (rc == Z_NEED_DICT) return Z_DATA_ERROR;
    if (rc == Z_STREAM_END) z_.avail_in = 0;  // What follows the end belongs to nobody.
    if (rc < 0) return rc;
    return z_.avail_out;
  }

  int Step(int flush) {
    if (deflates()) return deflate(&z_, flush);
    int rc = inflate(&z_, flush);
    // A gzip file may hold several members.
    while (rc == Z_STREAM_END && mode_ == Mode::kGunzip && z_.avail_in > 0 && *z_.next_in != 0) {
      inflateReset(&z_);
      rc = inflate(&z_, flush);
    }
    return rc;
  }

  void Copy() {
    const uInt size = std::min(z_.avail_in, z_.avail_out);
    if (size > 0) std::memmove(z_.next_out, z_.next_in, size);
    z_.next_in += size;
    z_.avail_in -= size;
    z_.avail_out -= size;
  }

  const Mode mode_;
  bool open_ = false;
  z_stream z_{};
  KeptBytes input_;
  KeptBytes output_;
};

// version() → zlib's, as text.
void Version(const CallInfo& info) { ReturnUtf8(info, zlibVersion()); }

constexpr FunctionSpec kFunctions[] = {{"version", Version}};
constexpr ConstantSpec kConstants[] = {{"ZLIB_VERNUM", ZLIB_VERNUM}};
constexpr FunctionSpec kMethods[] = {
    {"end", Codec::End},
    {"left", Codec::Left},
    {"message", Codec::Message},
    Checked<Codec::Setup, FixedView, FixedView, int32_t>("setup"),
    Checked<Codec::Write, uint32_t, int32_t, uint32_t>("write"),
};
constexpr ClassSpec kClasses[] = {
    {"Codec", CheckedConstructor<Codec::Construct, InRange<int32_t, 0, static_cast<int>(Mode::kUnzip)>>, kMethods}};

}  // namespace

extern const BindingSpec kDv8Libz;
constexpr BindingSpec kDv8Libz{"dv8_libz", kFunctions, kConstants, kClasses};

}  // namespace dv8
