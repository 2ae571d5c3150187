// internalBinding('serdes'): v8.Serializer and v8.Deserializer over V8's own.
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// The method `name` of the object that a program may have given it; empty when there is none, or it threw.
v8::MaybeLocal<v8::Function> MethodOf(NativeObject* native, const char* name) {
  Environment* env = native->env();
  v8::Local<v8::Value> method;
  if (!native->object()->Get(env->context(), Internalized(env->isolate(), name)).ToLocal(&method) || !method->IsFunction()) {
    return {};
  }
  return method.As<v8::Function>();
}

class Serializer final : public NativeObject, public v8::ValueSerializer::Delegate {
 public:
  DV8_NATIVE_CLASS(Serializer, NativeObject)
  Serializer(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object), serializer_(env->isolate(), this) {}

  void WriteHeader() { serializer_.WriteHeader(); }
  void WriteValue(const CallInfo& info) {
    bool written;
    if (serializer_.WriteValue(env()->context(), info[0]).To(&written)) info.GetReturnValue().Set(written);
  }
  v8::MaybeLocal<v8::Uint8Array> ReleaseBuffer() {
    const auto [bytes, size] = serializer_.Release();
    return AdoptAsBuffer(env(), bytes, size);
  }
  void TransferArrayBuffer(const CallInfo& info) {
    uint32_t id;
    if (!info[0]->Uint32Value(env()->context()).To(&id)) return;
    if (!info[1]->IsArrayBuffer()) {
      return ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "arrayBuffer must be an ArrayBuffer");
    }
    serializer_.TransferArrayBuffer(id, info[1].As<v8::ArrayBuffer>());
  }
  // Numbers are converted as JavaScript does: lib and programs pass what they have.
  void WriteUint32(const CallInfo& info) {
    uint32_t value;
    if (info[0]->Uint32Value(env()->context()).To(&value)) serializer_.WriteUint32(value);
  }
  void WriteUint64(const CallInfo& info) {
    uint32_t high, low;
    if (!info[0]->Uint32Value(env()->context()).To(&high) || !info[1]->Uint32Value(env()->context()).To(&low)) return;
    serializer_.WriteUint64((static_cast<uint64_t>(high) << 32) | low);
  }
  void WriteDouble(const CallInfo& info) {
    double value;
    if (info[0]->NumberValue(env()->context()).To(&value)) serializer_.WriteDouble(value);
  }
  void WriteRawBytes(const CallInfo& info) {
    if (!info[0]->IsArrayBufferView()) {
      return ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "source must be a TypedArray or a DataView");
    }
    const ReadBytes bytes(info[0]);
    serializer_.WriteRawBytes(bytes.data(), bytes.size());
  }
  void SetTreatArrayBufferViewsAsHostObjects(bool treat) { serializer_.SetTreatArrayBufferViewsAsHostObjects(treat); }

  // v8::ValueSerializer::Delegate: each asks a method of the program's, if there is one.
  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    v8::Isolate* isolate = env()->isolate();
    v8::TryCatch guard(isolate);
    v8::Local<v8::Function> make;
    v8::Local<v8::Value> error = v8::Exception::Error(message);
    v8::Local<v8::Value> argument = message;
    if (!MethodOf(this, "_getDataCloneError").ToLocal(&make)) {
      if (!guard.HasCaught()) isolate->ThrowException(error);
    } else if (make->Call(env()->context(), object(), 1, &argument).ToLocal(&error)) {
      isolate->ThrowException(error);
    }
    guard.ReThrow();
  }
  v8::Maybe<bool> WriteHostObject(v8::Isolate* isolate, v8::Local<v8::Object> host) override {
    v8::Local<v8::Value> argument = host;
    v8::Local<v8::Function> write;
    if (!MethodOf(this, "_writeHostObject").ToLocal(&write)) {
      if (isolate->HasPendingException()) return v8::Nothing<bool>();
      return v8::ValueSerializer::Delegate::WriteHostObject(isolate, host);
    }
    if (write->Call(env()->context(), object(), 1, &argument).IsEmpty()) return v8::Nothing<bool>();
    return v8::Just(true);
  }
  v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate* isolate, v8::Local<v8::SharedArrayBuffer> buffer) override {
    v8::Local<v8::Value> argument = buffer;
    v8::Local<v8::Function> number;
    if (!MethodOf(this, "_getSharedArrayBufferId").ToLocal(&number)) {
      if (isolate->HasPendingException()) return v8::Nothing<uint32_t>();
      return v8::ValueSerializer::Delegate::GetSharedArrayBufferId(isolate, buffer);
    }
    v8::Local<v8::Value> id;
    if (!number->Call(env()->context(), object(), 1, &argument).ToLocal(&id)) return v8::Nothing<uint32_t>();
    return id->Uint32Value(env()->context());
  }

 private:
  v8::ValueSerializer serializer_;
};

// The bytes that a Deserializer reads, for as long as it lives. HeldBytes would forbid the program to
// transfer a buffer that it has deserialized, until the collector has run; the memory of a fixed-length
// buffer stays where it is when the buffer is detached. A resizable one may lose it, and is copied.
class StableBytes {
 public:
  explicit StableBytes(v8::Local<v8::ArrayBufferView> view) {
    const v8::Local<v8::ArrayBuffer> buffer = view->Buffer();
    const std::span<uint8_t> bytes = BytesOf(view);
    if (buffer->IsResizableByUserJavaScript()) {
      copy_.assign(bytes.begin(), bytes.end());
      bytes_ = copy_;
    } else {
      store_ = buffer->GetBackingStore();
      bytes_ = bytes;
    }
  }
  std::span<const uint8_t> span() const { return bytes_; }

 private:
  std::shared_ptr<v8::BackingStore> store_;
  std::vector<uint8_t> copy_;
  std::span<const uint8_t> bytes_;
};

class Deserializer final : public NativeObject, public v8::ValueDeserializer::Delegate {
 public:
  DV8_NATIVE_CLASS(Deserializer, NativeObject)
  Deserializer(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::ArrayBufferView> view)
      : NativeObject(env, object), bytes_(view), deserializer_(env->isolate(), bytes_.span().data(), bytes_.span().size(), this) {}

  static void Make(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (!info.IsConstructCall()) return internal::Construct<Deserializer, v8::Local<v8::ArrayBufferView>>(info);
    if (!info[0]->IsArrayBufferView()) {
      return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "buffer must be a TypedArray or a DataView");
    }
    new Deserializer(env, info.This(), info[0].As<v8::ArrayBufferView>());
    (void)info.This()->CreateDataProperty(env->context(), Internalized(env->isolate(), "buffer"), info[0]);
  }

  void ReadHeader(const CallInfo& info) {
    bool read;
    if (deserializer_.ReadHeader(env()->context()).To(&read)) info.GetReturnValue().Set(read);
  }
  v8::MaybeLocal<v8::Value> ReadValue() { return deserializer_.ReadValue(env()->context()); }
  uint32_t GetWireFormatVersion() { return deserializer_.GetWireFormatVersion(); }
  void TransferArrayBuffer(const CallInfo& info) {
    uint32_t id;
    if (!info[0]->Uint32Value(env()->context()).To(&id)) return;
    if (info[1]->IsArrayBuffer()) return deserializer_.TransferArrayBuffer(id, info[1].As<v8::ArrayBuffer>());
    if (info[1]->IsSharedArrayBuffer()) return deserializer_.TransferSharedArrayBuffer(id, info[1].As<v8::SharedArrayBuffer>());
    ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "arrayBuffer must be an ArrayBuffer or SharedArrayBuffer");
  }
  void ReadUint32(const CallInfo& info) {
    uint32_t value;
    if (!deserializer_.ReadUint32(&value)) return Fail("ReadUint32() failed");
    info.GetReturnValue().Set(value);
  }
  void ReadUint64(const CallInfo& info) {
    v8::Isolate* isolate = env()->isolate();
    uint64_t value;
    if (!deserializer_.ReadUint64(&value)) return Fail("ReadUint64() failed");
    v8::Local<v8::Value> halves[] = {v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(value >> 32)),
                                     v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(value))};
    info.GetReturnValue().Set(v8::Array::New(isolate, halves, std::size(halves)));
  }
  void ReadDouble(const CallInfo& info) {
    double value;
    if (!deserializer_.ReadDouble(&value)) return Fail("ReadDouble() failed");
    info.GetReturnValue().Set(value);
  }
  // _readRawBytes(length) → where they begin in `this.buffer`
  void ReadRawBytes(const CallInfo& info) {
    int64_t length;
    if (!info[0]->IntegerValue(env()->context()).To(&length)) return;
    const void* data;
    if (length < 0 || !deserializer_.ReadRawBytes(static_cast<size_t>(length), &data)) return Fail("ReadRawBytes() failed");
    info.GetReturnValue().Set(static_cast<double>(static_cast<const uint8_t*>(data) - bytes_.span().data()));
  }

  // v8::ValueDeserializer::Delegate.
  v8::MaybeLocal<v8::Object> ReadHostObject(v8::Isolate* isolate) override {
    v8::Local<v8::Function> read;
    if (!MethodOf(this, "_readHostObject").ToLocal(&read)) {
      if (isolate->HasPendingException()) return {};
      return v8::ValueDeserializer::Delegate::ReadHostObject(isolate);
    }
    v8::Isolate::AllowJavascriptExecutionScope allow(isolate);
    v8::Local<v8::Value> made;
    if (!read->Call(env()->context(), object(), 0, nullptr).ToLocal(&made)) return {};
    if (made->IsObject()) return made.As<v8::Object>();
    ThrowTypeError(isolate, "readHostObject must return an object");
    return {};
  }

 private:
  void Fail(const char* message) { env()->isolate()->ThrowException(v8::Exception::Error(Internalized(env()->isolate(), message))); }

  StableBytes bytes_;
  v8::ValueDeserializer deserializer_;
};

constexpr FunctionSpec kSerializerMethods[] = {
    Method<&Serializer::WriteHeader>("writeHeader"),
    Method<&Serializer::WriteValue>("writeValue"),
    Method<&Serializer::ReleaseBuffer>("releaseBuffer"),
    Method<&Serializer::TransferArrayBuffer>("transferArrayBuffer"),
    Method<&Serializer::WriteUint32>("writeUint32"),
    Method<&Serializer::WriteUint64>("writeUint64"),
    Method<&Serializer::WriteDouble>("writeDouble"),
    Method<&Serializer::WriteRawBytes>("writeRawBytes"),
    Method<&Serializer::SetTreatArrayBufferViewsAsHostObjects>("_setTreatArrayBufferViewsAsHostObjects"),
};

constexpr FunctionSpec kDeserializerMethods[] = {
    Method<&Deserializer::ReadHeader>("readHeader"),
    Method<&Deserializer::ReadValue>("readValue"),
    Method<&Deserializer::GetWireFormatVersion>("getWireFormatVersion"),
    Method<&Deserializer::TransferArrayBuffer>("transferArrayBuffer"),
    Method<&Deserializer::ReadUint32>("readUint32"),
    Method<&Deserializer::ReadUint64>("readUint64"),
    Method<&Deserializer::ReadDouble>("readDouble"),
    Method<&Deserializer::ReadRawBytes>("_readRawBytes"),
};

constexpr ClassSpec kClasses[] = {
    {"Serializer", Constructor<Serializer>(), kSerializerMethods},
    {"Deserializer", Deserializer::Make, kDeserializerMethods},
};

}  // namespace

extern const BindingSpec kNodeSerdes;
constexpr BindingSpec kNodeSerdes{"serdes", {}, {}, kClasses};

}  // namespace dv8::node
