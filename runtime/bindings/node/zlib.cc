// runtime/bindings/node/zlib.cc: internalBinding('zlib'), compression streams that work in the pool or at once.
// The libraries are behind compressor.h.
#include <zlib.h>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/compressor.h"
#include "v8-external-memory-accounter.h"

namespace dv8 {

// A number cut to 32 bits as a bitwise operator does it: lib lets fractions through in its options.
struct Cut32 {
  int32_t value = 0;
  uint32_t AsUint32() const { return static_cast<uint32_t>(value); }
};
template <>
struct ArgumentReader<Cut32> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, Cut32* out) {
    if (!value->IsNumber()) {
      ThrowInvalidArgument(isolate, index, "of type number", value);
      return false;
    }
    out->value = value->Int32Value(isolate->GetCurrentContext()).FromMaybe(0);
    return true;
  }
};

namespace node {
namespace {

constexpr int kWriteCallbackField = 1;

class CompressionStream : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(CompressionStream, AsyncWrap)
  CompressionStream(Environment* env, v8::Local<v8::Object> object) : AsyncWrap(env, object, Provider::ZLIB) {}
  ~CompressionStream() override {
    compressor_.reset();
    AccountMemory();
  }

  // write(flush, in, inOffset, inLength, out, outOffset, outLength): in the pool; then the callback of init().
  void Write(Cut32 flush, v8::Local<v8::Value> in, v8::Local<v8::Value> in_offset, v8::Local<v8::Value> in_length, v8::Local<v8::Value> out,
             Cut32 out_offset, Cut32 out_length) {
    if (!Accept(flush, in, in_offset, in_length, out, out_offset, out_length)) return;
    v8::Isolate* isolate = env()->isolate();
    if (const int rc = env()->OpenLoop(); rc < 0) {
      isolate->ThrowException(UvError(isolate, rc, "epoll_create1"));
      return;
    }
    if (!in->IsNull()) input_ = HeldBytes(isolate, in, input_range_.offset, input_range_.length);
    output_ = HeldBytes(isolate, out, out_offset.AsUint32(), out_length.AsUint32());
    compressor_->Prepare(flush.value, input_.span(), output_.span());
    writing_ = true;
    MakeStrong();
    work_.data = this;
    uv_queue_work(
        env()->loop(), &work_, [](uv_work_t* work) { From(work)->compressor_->Work(); },
        [](uv_work_t* work, int status) { From(work)->AfterWork(status); });
  }

  // The same on this thread, without the callback.
  void WriteSync(Cut32 flush, v8::Local<v8::Value> in, v8::Local<v8::Value> in_offset, v8::Local<v8::Value> in_length,
                 v8::Local<v8::Value> out, Cut32 out_offset, Cut32 out_length) {
    if (!Accept(flush, in, in_offset, in_length, out, out_offset, out_length)) return;
    compressor_->Prepare(flush.value, in->IsNull() ? std::span<uint8_t>() : BytesOf(in).subspan(input_range_.offset, input_range_.length),
                         BytesOf(out).subspan(out_offset.AsUint32(), out_length.AsUint32()));
    compressor_->Work();
    AccountMemory();
    if (const CompressionError error = compressor_->Error()) {
      CallOnError(error);
    } else {
      TellWhatIsLeft();
    }
  }

  void Close() {
    if (writing_) {
      close_after_work_ = true;
      return;
    }
    closed_ = true;
    compressor_.reset();
    AccountMemory();
  }

  void Reset() {
    if (writing_) return ThrowState("Cannot reset zlib stream while a write is in progress");
    if (!IsUsable()) return;
    const CompressionError error = compressor_->Reset();
    AccountMemory();
    if (error) CallOnError(error);
  }

  void CloseNow() override {
    if (writing_) uv_cancel(reinterpret_cast<uv_req_t*>(&work_));
  }

 protected:
  // What every init() gets: where the numbers of what is left go, and what is called after write().
  void SetUp(v8::Local<v8::Uint32Array> result, v8::Local<v8::Function> callback) {
    result_ = HeldBytes(env()->isolate(), result, 0, 2 * sizeof(uint32_t));
    object()->SetInternalField(kWriteCallbackField, callback);
  }
  bool CanInit(v8::Local<v8::Uint32Array> result) {
    if (writing_ || closed_) {
      ThrowState("init() of a stream that is in use or closed");
    } else if (result->ByteLength() < 2 * sizeof(uint32_t)) {
      ThrowCoded(env()->isolate(), ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "The write result needs two elements");
    } else {
      return true;
    }
    return false;
  }
  // Takes the compressor that init() has made, and its parameters (an Uint32Array in which -1 is none).
  void Take(std::unique_ptr<Compressor> made, CompressionError error, v8::Local<v8::Uint32Array> parameters) {
    compressor_ = std::move(made);
    const std::span<uint8_t> bytes = parameters.IsEmpty() ? std::span<uint8_t>() : BytesOf(parameters);
    for (size_t i = 0; i < bytes.size() / sizeof(uint32_t) && !error; i++) {
      uint32_t value;
      std::memcpy(&value, bytes.data() + i * sizeof(value), sizeof(value));
      if (value != UINT32_MAX) error = compressor_->SetParameter(static_cast<int>(i), value);
    }
    if (error) compressor_.reset();
    AccountMemory();
    if (!error) return;
    {
      // The exception is the one below, whatever onerror does.
      v8::TryCatch guard(env()->isolate());
      CallOnError(error);
      if (guard.HasTerminated()) {
        guard.ReThrow();
        return;
      }
    }
    ThrowCoded(env()->isolate(), ErrorKind::kError, "ERR_ZLIB_INITIALIZATION_FAILED", InitMessage(error));
  }
  virtual std::string InitMessage(const CompressionError& error) const { return error.message; }

  bool IsUsable() {
    if (closed_ || compressor_ == nullptr) {
      ThrowState(closed_ ? "zlib binding closed" : "write before init");
      return false;
    }
    return true;
  }
  void ThrowState(const char* message) { ThrowCoded(env()->isolate(), ErrorKind::kError, "ERR_INVALID_STATE", message); }

  void AccountMemory() {
    const ptrdiff_t difference = memory_.TakeDifference();
    if (difference > 0) accounter_.Increase(env()->isolate(), static_cast<size_t>(difference));
    if (difference < 0) accounter_.Decrease(env()->isolate(), static_cast<size_t>(-difference));
  }

  // Calls handle.onerror(message, errno, code) from JavaScript.
  void CallOnError(const CompressionError& error) {
    v8::Local<v8::Value> arguments[3];
    v8::Local<v8::Value> onerror;
    ErrorArguments(error, arguments);
    if (object()->Get(env()->context(), Internalized(env()->isolate(), "onerror")).ToLocal(&onerror) && onerror->IsFunction()) {
      (void)onerror.As<v8::Function>()->Call(env()->context(), object(), 3, arguments);
    }
  }

  CompressionMemory* memory() { return &memory_; }
  Compressor* compressor() { return compressor_.get(); }
  bool writing() const { return writing_; }

 private:
  struct Range {
    uint32_t offset = 0, length = 0;
  };

  static CompressionStream* From(uv_work_t* work) { return static_cast<CompressionStream*>(work->data); }

  // Whether a write may begin with these arguments; throws when not. Sets input_range_.
  bool Accept(Cut32 flush, v8::Local<v8::Value> in, v8::Local<v8::Value> in_offset, v8::Local<v8::Value> in_length,
              v8::Local<v8::Value> out, Cut32 out_offset, Cut32 out_length) {
    v8::Isolate* isolate = env()->isolate();
    if (!IsUsable()) return false;
    if (writing_) {
      ThrowState("write already in progress");
      return false;
    }
    if (flush.value < 0 || flush.value > compressor_->max_flush()) {
      ThrowOutOfRange(isolate, 0, ">= 0 && <= " + std::to_string(compressor_->max_flush()), v8::Integer::New(isolate, flush.value));
      return false;
    }
    input_range_ = {};
    if (!in->IsNull()) {
      Cut32 offset, length;
      if (!IsBytes(in, 1) || !ArgumentReader<Cut32>::Read(isolate, in_offset, 2, &offset) ||
          !ArgumentReader<Cut32>::Read(isolate, in_length, 3, &length)) {
        return false;
      }
      input_range_ = {offset.AsUint32(), length.AsUint32()};
      if (!IsWithin(in, input_range_, "input buffer is out of bounds")) return false;
    }
    return IsBytes(out, 4) && IsWithin(out, {out_offset.AsUint32(), out_length.AsUint32()}, "output buffer is out of bounds");
  }
  bool IsBytes(v8::Local<v8::Value> value, int index) {
    if (value->IsArrayBufferView()) return true;
    ThrowInvalidArgument(env()->isolate(), index, "an instance of ArrayBufferView", value);
    return false;
  }
  bool IsWithin(v8::Local<v8::Value> bytes, Range range, const char* message) {
    const size_t size = BytesOf(bytes).size();
    if (range.offset <= size && range.length <= size - range.offset) return true;
    ThrowCoded(env()->isolate(), ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", message);
    return false;
  }

  void TellWhatIsLeft() {
    const uint32_t left[] = {static_cast<uint32_t>(compressor_->output_left()), static_cast<uint32_t>(compressor_->input_left())};
    std::memcpy(result_.data(), left, std::min(sizeof(left), result_.size()));
    result_.Finish();
  }

  void ErrorArguments(const CompressionError& error, v8::Local<v8::Value> arguments[3]) {
    v8::Isolate* isolate = env()->isolate();
    arguments[0] = FromUtf8(isolate, error.message).FromMaybe(v8::String::Empty(isolate));
    arguments[1] = v8::Integer::New(isolate, error.number);
    arguments[2] = FromUtf8(isolate, error.code).FromMaybe(v8::String::Empty(isolate));
  }

  void AfterWork(int status) {
    v8::HandleScope scope(env()->isolate());
    v8::Context::Scope context_scope(env()->context());
    writing_ = false;
    output_.Finish();
    input_ = HeldBytes();
    output_ = HeldBytes();
    AccountMemory();
    if (status != UV_ECANCELED && !env()->stopping()) Report();
    if (close_after_work_ && !writing_) Close();
    // The callback may have begun the next write.
    if (!writing_) MakeWeak();
  }

  void Report() {
    if (const CompressionError error = compressor_->Error()) {
      v8::Local<v8::Value> arguments[3];
      ErrorArguments(error, arguments);
      (void)MakeCallback("onerror", 3, arguments);
      return;
    }
    TellWhatIsLeft();
    v8::Local<v8::Data> callback = object()->GetInternalField(kWriteCallbackField);
    (void)MakeCallback(callback.As<v8::Value>().As<v8::Function>(), 0, nullptr);
  }

  CompressionMemory memory_;
  v8::ExternalMemoryAccounter accounter_;
  std::unique_ptr<Compressor> compressor_;
  HeldBytes result_;
  HeldBytes input_, output_;  // Of the write that is in the pool.
  Range input_range_;
  uv_work_t work_;
  bool writing_ = false;
  bool close_after_work_ = false;
  bool closed_ = false;
};

std::span<const uint8_t> DictionaryOf(v8::Local<v8::Value> value) {
  return value->IsArrayBufferView() ? BytesOf(value) : std::span<uint8_t>();
}

class ZlibStream final : public CompressionStream {
 public:
  DV8_NATIVE_CLASS(ZlibStream, CompressionStream)
  ZlibStream(Environment* env, v8::Local<v8::Object> object, InRange<int32_t, 1, 7> mode)
      : CompressionStream(env, object), mode_(static_cast<ZlibMode>(mode.value)) {}

  void Init(Cut32 window_bits, Cut32 level, Cut32 mem_level, Cut32 strategy, v8::Local<v8::Uint32Array> result,
            v8::Local<v8::Function> callback, v8::Local<v8::Value> dictionary, bool reject_garbage_after_end) {
    const bool inflates = mode_ == ZlibMode::kInflate || mode_ == ZlibMode::kGunzip || mode_ == ZlibMode::kUnzip;
    const bool bits_of_header = window_bits.value == 0 && inflates;
    if (!CanInit(result) || !(bits_of_header || Check(0, window_bits, 8, MAX_WBITS)) || !CheckLevel(1, level, 3, strategy) ||
        !Check(2, mem_level, 1, MAX_MEM_LEVEL)) {
      return;
    }
    const std::span<const uint8_t> bytes = DictionaryOf(dictionary);
    SetUp(result, callback);
    auto made = MakeZlib({mode_, window_bits.value, level.value, mem_level.value, strategy.value, reject_garbage_after_end,
                          std::vector<uint8_t>(bytes.begin(), bytes.end())},
                         memory());
    zlib_ = made.get();
    Take(std::move(made), {}, {});
  }

  void Params(Cut32 level, Cut32 strategy) {
    if (writing()) return ThrowState("Cannot set parameters while a write is in progress");
    if (!IsUsable() || !CheckLevel(0, level, 1, strategy)) return;
    const CompressionError error = zlib_->SetLevel(level.value, strategy.value);
    AccountMemory();
    if (error) CallOnError(error);
  }

 private:
  bool Check(int index, Cut32 number, int low, int high) {
    if (number.value >= low && number.value <= high) return true;
    ThrowOutOfRange(env()->isolate(), index, ">= " + std::to_string(low) + " && <= " + std::to_string(high),
                    v8::Integer::New(env()->isolate(), number.value));
    return false;
  }
  bool CheckLevel(int level_index, Cut32 level, int strategy_index, Cut32 strategy) {
    return Check(level_index, level, Z_DEFAULT_COMPRESSION, Z_BEST_COMPRESSION) &&
           Check(strategy_index, strategy, Z_DEFAULT_STRATEGY, Z_FIXED);
  }

  ZlibMode mode_;
  ZlibCompressor* zlib_ = nullptr;  // compressor(), by its own type.
};

// Brotli and zstd take their parameters when they are made.
template <auto kMake>
class BrotliStream final : public CompressionStream {
 public:
  DV8_NATIVE_CLASS(BrotliStream, CompressionStream)
  // lib passes its mode, which is what the class says.
  using CompressionStream::CompressionStream;

  void Init(v8::Local<v8::Uint32Array> parameters, v8::Local<v8::Uint32Array> result, v8::Local<v8::Function> callback,
            v8::Local<v8::Value> dictionary) {
    if (!CanInit(result)) return;
    if (!dictionary->IsUndefined() && !dictionary->IsArrayBufferView()) {
      return ThrowInvalidArgument(env()->isolate(), 3, "an instance of ArrayBufferView", dictionary);
    }
    SetUp(result, callback);
    CompressionError error;
    std::unique_ptr<Compressor> made = kMake(DictionaryOf(dictionary), memory(), &error);
    Take(std::move(made), std::move(error), parameters);
  }
  void Params() {}

 protected:
  std::string InitMessage(const CompressionError&) const override { return "Initialization failed"; }
};
using BrotliEncoder = BrotliStream<MakeBrotliEncoder>;
using BrotliDecoder = BrotliStream<MakeBrotliDecoder>;

std::unique_ptr<Compressor> MakeDecompressor(uint64_t, std::span<const uint8_t> dictionary, CompressionMemory* memory,
                                             CompressionError* error) {
  return MakeZstdDecompressor(dictionary, memory, error);
}

template <auto kMake>
class ZstdStream final : public CompressionStream {
 public:
  DV8_NATIVE_CLASS(ZstdStream, CompressionStream)
  using CompressionStream::CompressionStream;

  void Init(v8::Local<v8::Uint32Array> parameters, v8::Local<v8::Value> size, v8::Local<v8::Uint32Array> result,
            v8::Local<v8::Function> callback, v8::Local<v8::Value> dictionary) {
    v8::Isolate* isolate = env()->isolate();
    uint64_t pledged = kUnknownSize;
    if (!CanInit(result) || (!size->IsUndefined() && !ReadSize(size, &pledged))) return;
    if (!dictionary->IsUndefined() && !dictionary->IsArrayBufferView()) {
      return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "dictionary must be an ArrayBufferView if provided");
    }
    SetUp(result, callback);
    CompressionError error;
    std::unique_ptr<Compressor> made = kMake(pledged, DictionaryOf(dictionary), memory(), &error);
    Take(std::move(made), std::move(error), parameters);
  }
  void Params() {}

 private:
  bool ReadSize(v8::Local<v8::Value> value, uint64_t* out) {
    v8::Isolate* isolate = env()->isolate();
    if (!value->IsNumber()) {
      ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "pledgedSrcSize must be a number");
      return false;
    }
    const double number = value.As<v8::Number>()->Value();
    if (number != std::trunc(number) || std::fabs(number) > 9007199254740991.0) {
      ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "pledgedSrcSize must be a safe integer");
      return false;
    }
    if (number < 0) {
      ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "pledgedSrcSize must be non-negative");
      return false;
    }
    *out = static_cast<uint64_t>(number);
    return true;
  }
};
using ZstdCompress = ZstdStream<MakeZstdCompressor>;
using ZstdDecompress = ZstdStream<MakeDecompressor>;

// crc32(string or view, start value) → the checksum.
void Crc32(const CallInfo& info, v8::Local<v8::Value> data, uint32_t start) {
  const auto sum = [&](const void* bytes, size_t size) {
    static constexpr Bytef kNothing = 0;  // For zlib, a null pointer asks for the start value.
    info.GetReturnValue().Set(static_cast<uint32_t>(crc32_z(start, size == 0 ? &kNothing : static_cast<const Bytef*>(bytes), size)));
  };
  if (data->IsString()) {
    const Utf8 text(info.GetIsolate(), data);
    return sum(text.c_str(), text.view().size());
  }
  if (!data->IsArrayBufferView()) {
    return ThrowInvalidArgument(info.GetIsolate(), 0, "of type string or an instance of ArrayBufferView", data);
  }
  const std::span<uint8_t> bytes = BytesOf(data);
  sum(bytes.data(), bytes.size());
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  target->Set(env->context(), Internalized(isolate, "ZLIB_VERSION"), Internalized(isolate, ZLIB_VERSION)).Check();
}

template <typename T>
constexpr FunctionSpec kMethods[] = {
    Method<&CompressionStream::Write>("write"),
    Method<&CompressionStream::WriteSync>("writeSync"),
    Method<&CompressionStream::Close>("close"),
    Method<&T::Init>("init"),
    Method<&T::Params>("params"),
    Method<&CompressionStream::Reset>("reset"),
};

constexpr FunctionSpec kFunctions[] = {Typed<Crc32>("crc32")};
constexpr ClassSpec kClasses[] = {
    {"Zlib", Constructor<ZlibStream, InRange<int32_t, 1, 7>>(), kMethods<ZlibStream>, 2, {}, &kAsyncWrapClass},
    {"BrotliEncoder", Constructor<BrotliEncoder>(), kMethods<BrotliEncoder>, 2, {}, &kAsyncWrapClass},
    {"BrotliDecoder", Constructor<BrotliDecoder>(), kMethods<BrotliDecoder>, 2, {}, &kAsyncWrapClass},
    {"ZstdCompress", Constructor<ZstdCompress>(), kMethods<ZstdCompress>, 2, {}, &kAsyncWrapClass},
    {"ZstdDecompress", Constructor<ZstdDecompress>(), kMethods<ZstdDecompress>, 2, {}, &kAsyncWrapClass},
};

}  // namespace

extern const BindingSpec kNodeZlib;
constexpr BindingSpec kNodeZlib{"zlib", kFunctions, {}, kClasses, Init};

}  // namespace node
}  // namespace dv8
