// runtime/bindings/util.cc: internal:util, what the small start's inspect sees of a value that JavaScript
// cannot.
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

void IsAnyArrayBuffer(const CallInfo& info) { info.GetReturnValue().Set(info[0]->IsArrayBuffer() || info[0]->IsSharedArrayBuffer()); }

void IsBoxedPrimitive(const CallInfo& info) {
  const v8::Local<v8::Value> value = info[0];
  info.GetReturnValue().Set(value->IsNumberObject() || value->IsStringObject() || value->IsBooleanObject() || value->IsBigIntObject() ||
                            value->IsSymbolObject());
}

// promiseDetails(promise) → [state, result]; the state is 0 pending, 1 fulfilled, 2 rejected.
void PromiseDetails(const CallInfo& info) {
  if (!info[0]->IsPromise()) return;
  v8::Isolate* isolate = info.GetIsolate();
  auto promise = info[0].As<v8::Promise>();
  const bool pending = promise->State() == v8::Promise::kPending;
  v8::Local<v8::Value> list[] = {v8::Integer::New(isolate, promise->State()), v8::Undefined(isolate)};
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
          ->GetPropertyNames(context, v8::KeyCollectionMode::kOwnOnly, filter, v8::IndexFilter::kSkipIndices)
          .ToLocal(&keys)) {
    info.GetReturnValue().Set(keys);
  }
}

void ConstructorName(const CallInfo& info) { info.GetReturnValue().Set(info[0].As<v8::Object>()->GetConstructorName()); }

constexpr FunctionSpec kFunctions[] = {
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
    {"isMap", Is<&v8::Value::IsMap>},
    {"isMapIterator", Is<&v8::Value::IsMapIterator>},
    {"isModuleNamespaceObject", Is<&v8::Value::IsModuleNamespaceObject>},
    {"isNativeError", Is<&v8::Value::IsNativeError>},
    {"isNumberObject", Is<&v8::Value::IsNumberObject>},
    {"isPromise", Is<&v8::Value::IsPromise>},
    {"isRegExp", Is<&v8::Value::IsRegExp>},
    {"isSet", Is<&v8::Value::IsSet>},
    {"isSetIterator", Is<&v8::Value::IsSetIterator>},
    {"isStringObject", Is<&v8::Value::IsStringObject>},
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
