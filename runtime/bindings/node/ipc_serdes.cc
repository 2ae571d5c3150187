// internalBinding('ipc_serdes'): messages of child_process with `serialization: 'advanced'`. A message is its
// length (32 bits, big-endian) and what V8's serializer writes, with views as host objects: a tag, the type's
// number, the length, the bytes. Both are the same as Node's, which may be at the other end.
#include <cstring>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

constexpr uint32_t kViewTag = 0;
constexpr uint32_t kObjectTag = 1;
constexpr uint32_t kBufferType = 10;
constexpr size_t kLengthSize = 4;

struct ViewType {
  uint32_t number;
  size_t element_size;
  bool (*is)(v8::Local<v8::Value>);
  v8::Local<v8::Object> (*make)(v8::Local<v8::ArrayBuffer>, size_t offset, size_t length);
};

#define DV8_VIEW(number, Type, size)                                                                   \
  ViewType {                                                                                           \
    number, size, [](v8::Local<v8::Value> value) { return value->Is##Type(); },                        \
        [](v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t length) -> v8::Local<v8::Object> { \
          return v8::Type::New(buffer, offset, length);                                                \
        }                                                                                              \
  }
// The numbers are those of lib/v8.js.
constexpr ViewType kViewTypes[] = {
    DV8_VIEW(0, Int8Array, 1),     DV8_VIEW(1, Uint8Array, 1), DV8_VIEW(2, Uint8ClampedArray, 1), DV8_VIEW(3, Int16Array, 2),
    DV8_VIEW(4, Uint16Array, 2),   DV8_VIEW(5, Int32Array, 4), DV8_VIEW(6, Uint32Array, 4),       DV8_VIEW(7, Float32Array, 4),
    DV8_VIEW(8, Float64Array, 8),  DV8_VIEW(9, DataView, 1),   DV8_VIEW(11, BigInt64Array, 8),    DV8_VIEW(12, BigUint64Array, 8),
    DV8_VIEW(13, Float16Array, 2),
};
#undef DV8_VIEW

void ThrowInvalidState(v8::Isolate* isolate, const char* message) { ThrowCoded(isolate, ErrorKind::kError, "ERR_INVALID_STATE", message); }

class WriteDelegate final : public v8::ValueSerializer::Delegate {
 public:
  // `buffer_class` is lib's Buffer: a view whose constructor it is, is written as one.
  WriteDelegate(Environment* env, v8::Local<v8::Value> buffer_class) : env_(env), buffer_class_(buffer_class) {}

  void ThrowDataCloneError(v8::Local<v8::String> message) override { env_->isolate()->ThrowException(v8::Exception::Error(message)); }
  v8::Maybe<bool> WriteHostObject(v8::Isolate*, v8::Local<v8::Object> object) override {
    return object->IsArrayBufferView() ? WriteView(object) : WriteCopy(object);
  }

  v8::ValueSerializer* serializer = nullptr;

 private:
  v8::Maybe<bool> WriteView(v8::Local<v8::Object> view) {
    v8::Local<v8::Value> constructor;
    if (!view->Get(env_->context(), Internalized(env_->isolate(), "constructor")).ToLocal(&constructor)) {
      return v8::Nothing<bool>();
    }
    uint32_t number = kBufferType;
    if (!constructor->StrictEquals(buffer_class_)) {
      const auto type = std::ranges::find_if(kViewTypes, [&](const ViewType& one) { return one.is(view); });
      if (type == std::end(kViewTypes)) {
        ThrowInvalidState(env_->isolate(), "Unserializable host object");
        return v8::Nothing<bool>();
      }
      number = type->number;
    }
    const ReadBytes bytes(view);
    serializer->WriteUint32(kViewTag);
    serializer->WriteUint32(number);
    serializer->WriteUint32(static_cast<uint32_t>(bytes.size()));
    serializer->WriteRawBytes(bytes.data(), bytes.size());
    return v8::Just(true);
  }

  // Another host object: its own enumerable properties, as `{...object}` has them.
  v8::Maybe<bool> WriteCopy(v8::Local<v8::Object> object) {
    v8::Local<v8::Context> context = env_->context();
    v8::Local<v8::Array> names;
    if (!object->GetOwnPropertyNames(context).ToLocal(&names)) return v8::Nothing<bool>();
    v8::Local<v8::Object> copy = v8::Object::New(env_->isolate());
    for (uint32_t i = 0; i < names->Length(); i++) {
      v8::Local<v8::Value> name, value;
      if (!names->Get(context, i).ToLocal(&name) || !object->Get(context, name).ToLocal(&value)) return v8::Nothing<bool>();
      const v8::Maybe<bool> created = name->IsName() ? copy->CreateDataProperty(context, name.As<v8::Name>(), value)
                                                     : copy->CreateDataProperty(context, name.As<v8::Uint32>()->Value(), value);
      if (created.IsNothing()) return v8::Nothing<bool>();
    }
    serializer->WriteUint32(kObjectTag);
    return serializer->WriteValue(context, copy);
  }

  Environment* env_;
  v8::Local<v8::Value> buffer_class_;
};

class ReadDelegate final : public v8::ValueDeserializer::Delegate {
 public:
  ReadDelegate(Environment* env, v8::Local<v8::ArrayBuffer> buffer) : env_(env), buffer_(buffer) {}

  v8::MaybeLocal<v8::Object> ReadHostObject(v8::Isolate* isolate) override {
    uint32_t tag;
    if (!deserializer->ReadUint32(&tag)) return {};
    if (tag == kViewTag) return ReadView();
    v8::Local<v8::Value> value;
    if (tag == kObjectTag && !deserializer->ReadValue(env_->context()).ToLocal(&value)) return {};
    if (!value.IsEmpty() && value->IsObject()) return value.As<v8::Object>();
    ThrowInvalidState(isolate, value.IsEmpty() ? "Invalid host object tag" : "Host object must be an object");
    return {};
  }

  v8::ValueDeserializer* deserializer = nullptr;

 private:
  // Over the message's own memory where the type's alignment allows it.
  v8::MaybeLocal<v8::Object> ReadView() {
    v8::Isolate* isolate = env_->isolate();
    uint32_t number, size;
    const void* data;
    if (!deserializer->ReadUint32(&number) || !deserializer->ReadUint32(&size) || !deserializer->ReadRawBytes(size, &data)) {
      return {};
    }
    size_t offset = static_cast<size_t>(static_cast<const uint8_t*>(data) - static_cast<const uint8_t*>(buffer_->Data()));
    if (number == kBufferType) {
      v8::Local<v8::Uint8Array> view;
      if (!NewBuffer(env_, buffer_, offset, size).ToLocal(&view)) return {};
      return view;
    }
    const auto type = std::ranges::find_if(kViewTypes, [&](const ViewType& one) { return one.number == number; });
    if (type == std::end(kViewTypes)) {
      ThrowInvalidState(isolate, "Invalid host object type index");
      return {};
    }
    v8::Local<v8::ArrayBuffer> buffer = buffer_;
    if (offset % type->element_size != 0) {
      if (!v8::ArrayBuffer::MaybeNew(isolate, size).ToLocal(&buffer)) return {};
      if (size > 0) std::memcpy(buffer->Data(), data, size);
      offset = 0;
    }
    return type->make(buffer, offset, size / type->element_size);
  }

  Environment* env_;
  v8::Local<v8::ArrayBuffer> buffer_;
};

// serialize(value, Buffer) → a Buffer with a whole message
v8::MaybeLocal<v8::Uint8Array> Serialize(Environment* env, v8::Local<v8::Value> value, v8::Local<v8::Value> buffer_class) {
  WriteDelegate delegate(env, buffer_class);
  v8::ValueSerializer serializer(env->isolate(), &delegate);
  delegate.serializer = &serializer;
  serializer.SetTreatArrayBufferViewsAsHostObjects(true);
  constexpr uint8_t kNoLength[kLengthSize] = {};
  serializer.WriteRawBytes(kNoLength, kLengthSize);
  serializer.WriteHeader();
  if (serializer.WriteValue(env->context(), value).IsNothing()) return {};
  const auto [bytes, size] = serializer.Release();
  const auto length = static_cast<uint32_t>(size - kLengthSize);
  for (size_t i = 0; i < kLengthSize; i++) bytes[i] = static_cast<uint8_t>(length >> (8 * (kLengthSize - 1 - i)));
  return AdoptAsBuffer(env, bytes, size);
}

// deserialize(view): a message without its length. No JavaScript runs meanwhile that could take the memory.
v8::MaybeLocal<v8::Value> Deserialize(Environment* env, v8::Local<v8::ArrayBufferView> view) {
  ReadDelegate delegate(env, view->Buffer());
  const std::span<uint8_t> bytes = BytesOf(view);
  v8::ValueDeserializer deserializer(env->isolate(), bytes.data(), bytes.size(), &delegate);
  delegate.deserializer = &deserializer;
  if (deserializer.ReadHeader(env->context()).IsNothing()) return {};
  return deserializer.ReadValue(env->context());
}

constexpr FunctionSpec kFunctions[] = {Typed<Deserialize>("deserialize"), Typed<Serialize>("serialize")};

}  // namespace

extern const BindingSpec kNodeIpcSerdes;
constexpr BindingSpec kNodeIpcSerdes{"ipc_serdes", kFunctions};

}  // namespace dv8::node
