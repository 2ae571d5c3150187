// runtime/bindings/util.cc: internal:util, what util.inspect and util.types see of a value
// that JavaScript cannot, and V8's serializer for structuredClone.
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

template <bool (v8::Value::*kTest)() const>
void Is(const CallInfo& info) {
  info.GetReturnValue().Set(((*info[0])->*kTest)());
}

void IsAnyArrayBuffer(const CallInfo& info) {
  info.GetReturnValue().Set(info[0]->IsArrayBuffer() || info[0]->IsSharedArrayBuffer());
}

void IsBoxedPrimitive(const CallInfo& info) {
  const v8::Local<v8::Value> value = info[0];
  info.GetReturnValue().Set(value->IsNumberObject() || value->IsStringObject() ||
                            value->IsBooleanObject() || value->IsBigIntObject() ||
                            value->IsSymbolObject());
}

// promiseDetails(promise) → [state, result]; the state is 0 pending, 1 fulfilled, 2 rejected.
void PromiseDetails(const CallInfo& info) {
  if (!info[0]->IsPromise()) return;
  v8::Isolate* isolate = info.GetIsolate();
  auto promise = info[0].As<v8::Promise>();
  const bool pending = promise->State() == v8::Promise::kPending;
  v8::Local<v8::Value> list[] = {v8::Integer::New(isolate, promise->State()),
                                 v8::Undefined(isolate)};
  if (!pending) list[1] = promise->Result();
  info.GetReturnValue().Set(v8::Array::New(isolate, list, 2));
}

// proxyDetails(value) → [target, handler], or undefined for what is no Proxy.
void ProxyDetails(const CallInfo& info) {
  if (!info[0]->IsProxy()) return;
  auto proxy = info[0].As<v8::Proxy>();
  v8::Local<v8::Value> list[] = {proxy->GetTarget(), proxy->GetHandler()};
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), list, 2));
}

// previewEntries(collection or iterator) → [entries, whether they are key-value pairs].
void PreviewEntries(const CallInfo& info) {
  if (!info[0]->IsObject()) return;
  bool is_key_value = false;
  v8::Local<v8::Array> entries;
  if (!info[0].As<v8::Object>()->PreviewEntries(&is_key_value).ToLocal(&entries)) return;
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Value> list[] = {entries, v8::Boolean::New(isolate, is_key_value)};
  info.GetReturnValue().Set(v8::Array::New(isolate, list, 2));
}

// ownNonIndexProperties(object, only enumerable ones) → its own keys, symbols too.
void OwnNonIndexProperties(const CallInfo& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  const auto filter = BoolArg(info, 1) ? v8::ONLY_ENUMERABLE : v8::ALL_PROPERTIES;
  v8::Local<v8::Array> keys;
  if (info[0]
          .As<v8::Object>()
          ->GetPropertyNames(context, v8::KeyCollectionMode::kOwnOnly, filter,
                             v8::IndexFilter::kSkipIndices)
          .ToLocal(&keys)) {
    info.GetReturnValue().Set(keys);
  }
}

void ConstructorName(const CallInfo& info) {
  info.GetReturnValue().Set(info[0].As<v8::Object>()->GetConstructorName());
}

// Shared memory is the one thing that the serializer asks its embedder for.
class CloneWriter : public v8::ValueSerializer::Delegate {
 public:
  explicit CloneWriter(v8::Isolate* isolate) : isolate_(isolate) {}

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    isolate_->ThrowException(v8::Exception::Error(message));
  }
  v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate*,
                                             v8::Local<v8::SharedArrayBuffer> buffer) override {
    shared.push_back(buffer);
    return v8::Just(static_cast<uint32_t>(shared.size() - 1));
  }

  std::vector<v8::Local<v8::SharedArrayBuffer>> shared;

 private:
  v8::Isolate* isolate_;
};

class CloneReader : public v8::ValueDeserializer::Delegate {
 public:
  explicit CloneReader(const CloneWriter& writer) : writer_(writer) {}
  v8::MaybeLocal<v8::SharedArrayBuffer> GetSharedArrayBufferFromId(v8::Isolate*,
                                                                   uint32_t id) override {
    DV8_CHECK(id < writer_.shared.size());
    return writer_.shared[id];
  }

 private:
  const CloneWriter& writer_;
};

// clone(value, [ArrayBuffers to transfer]) → a deep copy; throws what cannot be copied.
void Clone(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  CloneWriter writer(isolate);
  v8::ValueSerializer serializer(isolate, &writer);
  auto transfer = info[1].As<v8::Array>();
  for (uint32_t i = 0; i < transfer->Length(); i++) {
    v8::Local<v8::Value> buffer;
    if (!transfer->Get(context, i).ToLocal(&buffer)) return;
    DV8_CHECK(buffer->IsArrayBuffer());
    if (!IsTransferable(buffer.As<v8::ArrayBuffer>())) {
      isolate->ThrowException(v8::Exception::Error(
          Internalized(isolate, "Cannot transfer object of unsupported type.")));
      return;
    }
    serializer.TransferArrayBuffer(i, buffer.As<v8::ArrayBuffer>());
  }
  serializer.WriteHeader();
  if (serializer.WriteValue(context, info[0]).IsNothing()) return;
  const auto [data, size] = serializer.Release();
  CloneReader reader(writer);
  v8::ValueDeserializer deserializer(isolate, data, size, &reader);
  for (uint32_t i = 0; i < transfer->Length(); i++) {
    auto buffer = transfer->Get(context, i).ToLocalChecked().As<v8::ArrayBuffer>();
    auto store = buffer->GetBackingStore();
    if (buffer->Detach({}).IsNothing()) break;
    deserializer.TransferArrayBuffer(i, v8::ArrayBuffer::New(isolate, std::move(store)));
  }
  v8::Local<v8::Value> result;
  if (deserializer.ReadHeader(context).FromMaybe(false) &&
      deserializer.ReadValue(context).ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
  free(data);
}

constexpr FunctionSpec kFunctions[] = {
    {"clone", Clone},
    {"constructorName", ConstructorName},
    {"isAnyArrayBuffer", IsAnyArrayBuffer},
    {"isArgumentsObject", Is<&v8::Value::IsArgumentsObject>},
    {"isArrayBuffer", Is<&v8::Value::IsArrayBuffer>},
    {"isAsyncFunction", Is<&v8::Value::IsAsyncFunction>},
    {"isBigIntObject", Is<&v8::Value::IsBigIntObject>},
    {"isBooleanObject", Is<&v8::Value::IsBooleanObject>},
    {"isBoxedPrimitive", IsBoxedPrimitive},
    {"isDataView", Is<&v8::Value::IsDataView>},
    {"isDate", Is<&v8::Value::IsDate>},
    {"isExternal", Is<&v8::Value::IsExternal>},
    {"isGeneratorFunction", Is<&v8::Value::IsGeneratorFunction>},
    {"isGeneratorObject", Is<&v8::Value::IsGeneratorObject>},
    {"isMap", Is<&v8::Value::IsMap>},
    {"isMapIterator", Is<&v8::Value::IsMapIterator>},
    {"isModuleNamespaceObject", Is<&v8::Value::IsModuleNamespaceObject>},
    {"isNativeError", Is<&v8::Value::IsNativeError>},
    {"isNumberObject", Is<&v8::Value::IsNumberObject>},
    {"isPromise", Is<&v8::Value::IsPromise>},
    {"isProxy", Is<&v8::Value::IsProxy>},
    {"isRegExp", Is<&v8::Value::IsRegExp>},
    {"isSet", Is<&v8::Value::IsSet>},
    {"isSetIterator", Is<&v8::Value::IsSetIterator>},
    {"isSharedArrayBuffer", Is<&v8::Value::IsSharedArrayBuffer>},
    {"isStringObject", Is<&v8::Value::IsStringObject>},
    {"isSymbolObject", Is<&v8::Value::IsSymbolObject>},
    {"isWeakMap", Is<&v8::Value::IsWeakMap>},
    {"isWeakSet", Is<&v8::Value::IsWeakSet>},
    {"ownNonIndexProperties", OwnNonIndexProperties},
    {"previewEntries", PreviewEntries},
    {"promiseDetails", PromiseDetails},
    {"proxyDetails", ProxyDetails},
};

}  // namespace

extern const BindingSpec kUtil;
constexpr BindingSpec kUtil{"util", kFunctions};

}  // namespace dv8
