// runtime/bindings/node/util.cc: internalBinding('util'), what JavaScript cannot see of a value, and of the stack.
#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/core/bootstrap.h"
#include "runtime/payload/dotenv.h"

namespace dv8::node {
namespace {

v8::MaybeLocal<v8::Array> GetOwnNonIndexProperties(Environment* env, v8::Local<v8::Object> object, InRange<uint32_t, 0, 31> filter) {
  return object->GetPropertyNames(env->context(), v8::KeyCollectionMode::kOwnOnly, static_cast<v8::PropertyFilter>(filter.value),
                                  v8::IndexFilter::kSkipIndices);
}

v8::Local<v8::String> GetConstructorName(v8::Local<v8::Object> object) { return object->GetConstructorName(); }

v8::Local<v8::Value> GetExternalValue(Environment* env, v8::Local<v8::Value> value) {
  if (!value->IsExternal()) return v8::Undefined(env->isolate());
  return v8::BigInt::NewFromUnsigned(env->isolate(), reinterpret_cast<uint64_t>(value.As<v8::External>()->Value()));
}

v8::Local<v8::Value> ArrayOf(v8::Isolate* isolate, std::initializer_list<v8::Local<v8::Value>> values) {
  std::vector<v8::Local<v8::Value>> list(values);
  return v8::Array::New(isolate, list.data(), list.size());
}

// [state, result]; undefined for what is no promise.
v8::Local<v8::Value> GetPromiseDetails(Environment* env, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = env->isolate();
  if (!value->IsPromise()) return v8::Undefined(isolate);
  v8::Local<v8::Promise> promise = value.As<v8::Promise>();
  v8::Local<v8::Value> state = v8::Integer::New(isolate, promise->State());
  if (promise->State() == v8::Promise::kPending) return ArrayOf(isolate, {state});
  return ArrayOf(isolate, {state, promise->Result()});
}

// [target, handler], or only the target when the second argument says so; undefined for what is no proxy.
v8::Local<v8::Value> GetProxyDetails(Environment* env, const CallInfo& info) {
  if (!info[0]->IsProxy()) return v8::Undefined(env->isolate());
  v8::Local<v8::Proxy> proxy = info[0].As<v8::Proxy>();
  if (info.Length() != 1 && !info[1]->IsTrue()) return proxy->GetTarget();
  return ArrayOf(env->isolate(), {proxy->GetTarget(), proxy->GetHandler()});
}

// [line, column, file] of who called the caller.
v8::Local<v8::Value> GetCallerLocation(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::StackTrace> trace = v8::StackTrace::CurrentStackTrace(isolate, 2);
  if (trace->GetFrameCount() != 2) return v8::Undefined(isolate);
  v8::Local<v8::StackFrame> frame = trace->GetFrame(isolate, 1);
  v8::Local<v8::Value> file = frame->GetScriptNameOrSourceURL();
  if (file.IsEmpty()) return v8::Undefined(isolate);
  return ArrayOf(isolate, {v8::Integer::New(isolate, frame->GetLineNumber()), v8::Integer::New(isolate, frame->GetColumn()), file});
}

v8::Local<v8::Value> PreviewEntries(Environment* env, const CallInfo& info) {
  v8::Isolate* isolate = env->isolate();
  bool is_key_value = false;
  v8::Local<v8::Array> entries;
  if (!info[0]->IsObject() || !info[0].As<v8::Object>()->PreviewEntries(&is_key_value).ToLocal(&entries)) {
    return v8::Undefined(isolate);
  }
  if (info.Length() == 1) return entries;
  return ArrayOf(isolate, {entries, v8::Boolean::New(isolate, is_key_value)});
}

void Sleep(uint32_t milliseconds) { uv_sleep(milliseconds); }

bool ArrayBufferViewHasBuffer(v8::Local<v8::ArrayBufferView> view) { return view->HasBuffer(); }

// The index in lib's table of names: TCP, TTY, UDP, FILE, PIPE, UNKNOWN. While a snapshot is made all are files,
// over which lib makes streams without handles: the top level may print, whatever the builder prints to.
uint32_t GuessHandleType(Environment* env, InRange<int32_t, 0, 2147483647> fd) {
  constexpr uint32_t kFile = 3;
  if (env->mode() != Environment::Mode::kRun) return kFile;
  switch (uv_guess_handle(fd)) {
    case UV_TCP: return 0;
    case UV_TTY: return 1;
    case UV_UDP: return 2;
    case UV_FILE: return kFile;
    case UV_NAMED_PIPE: return 4;
    default: return 5;
  }
}

v8::MaybeLocal<v8::Object> ParseEnv(Environment* env, std::string content) {
  v8::Local<v8::Object> object = v8::Object::New(env->isolate());
  for (const auto& [name, value] : ParseDotenv(content)) {
    v8::Local<v8::String> key, text;
    if (!FromUtf8(env->isolate(), name).ToLocal(&key) || !FromUtf8(env->isolate(), value).ToLocal(&text)) return {};
    if (object->CreateDataProperty(env->context(), key, text).IsNothing()) return {};
  }
  return object;
}

// Frames as objects, without the caller's own; `count` from 1 to 200.
v8::Local<v8::Value> GetCallSites(Environment* env, InRange<uint32_t, 1, 200> count) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, static_cast<int>(count.value) + 1);
  std::vector<v8::Local<v8::Value>> sites;
  v8::Local<v8::Name> names[] = {Internalized(isolate, "functionName"), Internalized(isolate, "scriptId"),
                                 Internalized(isolate, "scriptName"),   Internalized(isolate, "lineNumber"),
                                 Internalized(isolate, "columnNumber"), Internalized(isolate, "column")};
  for (int i = 1; i < stack->GetFrameCount(); i++) {
    v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
    const auto text = [&](v8::Local<v8::String> name) { return name.IsEmpty() ? v8::String::Empty(isolate) : name; };
    v8::Local<v8::Value> column = v8::Integer::New(isolate, frame->GetColumn());
    v8::Local<v8::Value> values[] = {text(frame->GetFunctionName()),
                                     Internalized(isolate, std::to_string(frame->GetScriptId())),
                                     text(frame->GetScriptName()),
                                     v8::Integer::New(isolate, frame->GetLineNumber()),
                                     column,
                                     column};
    sites.push_back(v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names)));
  }
  return v8::Array::New(isolate, sites.data(), sites.size());
}

// Whether the nearest caller that is no file of the library's lies in a node_modules folder.
bool IsInNodeModules(std::string_view path) {
  for (const char* folder : {"/node_modules/", "\\node_modules\\", "/node_modules\\", "\\node_modules/"}) {
    if (path.find(folder) != std::string_view::npos) return true;
  }
  return false;
}

bool IsInsideNodeModules(Environment* env, std::optional<int32_t> frames) {
  v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(env->isolate(), std::clamp(frames.value_or(10), 1, 200));
  for (int i = 0; i < stack->GetFrameCount(); i++) {
    v8::Local<v8::String> script = stack->GetFrame(env->isolate(), static_cast<uint32_t>(i))->GetScriptName();
    if (script.IsEmpty() || script->Length() == 0) continue;
    const Utf8 name(env->isolate(), script);
    if (!name.view().starts_with("node:")) return IsInNodeModules(name.view());
  }
  return false;
}

// A property of defineLazyProperties: require(id)[name].
void LazyProperty(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  Environment* env = Environment::From(info.GetIsolate());
  v8::Local<v8::Value> id = info.Data();
  v8::Local<v8::Value> exports, value;
  v8::Local<v8::Value> require = env->Kept("builtins.require");
  if (!require->IsFunction() || !require.As<v8::Function>()->Call(env->context(), v8::Null(env->isolate()), 1, &id).ToLocal(&exports) ||
      !exports->IsObject() || !exports.As<v8::Object>()->Get(env->context(), name).ToLocal(&value)) {
    return;
  }
  info.GetReturnValue().Set(value);
}

// defineLazyProperties(target, id, keys, enumerable = true)
void DefineLazyProperties(Environment* env, v8::Local<v8::Object> target, v8::Local<v8::String> id, v8::Local<v8::Array> keys,
                          v8::Local<v8::Value> enumerable) {
  const v8::PropertyAttribute attributes = enumerable->IsFalse() ? v8::DontEnum : v8::None;
  for (uint32_t i = 0; i < keys->Length(); i++) {
    v8::Local<v8::Value> key;
    if (!keys->Get(env->context(), i).ToLocal(&key) || !key->IsName()) return;
    if (target->SetLazyDataProperty(env->context(), key.As<v8::Name>(), LazyProperty, id, attributes).IsNothing()) return;
  }
}

v8::Local<v8::Value> ConstructSharedArrayBuffer(Environment* env, double length) {
  v8::Local<v8::SharedArrayBuffer> buffer;
  if (!(length >= 0 && length <= static_cast<double>(v8::ArrayBuffer::kMaxByteLength)) ||
      !v8::SharedArrayBuffer::MaybeNew(env->isolate(), static_cast<size_t>(length)).ToLocal(&buffer)) {
    ThrowRangeError(env->isolate(), "Invalid array buffer length");
    return {};
  }
  return buffer;
}

void MarkPromiseAsHandled(v8::Local<v8::Promise> promise) {
  promise->MarkAsHandled();
  promise->MarkAsSilent();
}

bool IsConstructor(v8::Local<v8::Value> value) { return value->IsFunction() && value.As<v8::Function>()->IsConstructor(); }

bool IsArrayBufferDetached(v8::Local<v8::Value> value) { return value->IsArrayBuffer() && value.As<v8::ArrayBuffer>()->WasDetached(); }

constexpr FunctionSpec kFunctions[] = {
    Typed<ArrayBufferViewHasBuffer>("arrayBufferViewHasBuffer"),
    Typed<ConstructSharedArrayBuffer>("constructSharedArrayBuffer"),
    Typed<DefineLazyProperties>("defineLazyProperties"),
    Typed<GetCallSites>("getCallSites"),
    Typed<GetCallerLocation>("getCallerLocation"),
    Typed<GetConstructorName>("getConstructorName"),
    Typed<GetExternalValue>("getExternalValue"),
    Typed<GetOwnNonIndexProperties>("getOwnNonIndexProperties"),
    Typed<GetPromiseDetails>("getPromiseDetails"),
    Typed<GetProxyDetails>("getProxyDetails"),
    Typed<GuessHandleType>("guessHandleType"),
    Typed<IsArrayBufferDetached>("isArrayBufferDetached"),
    Typed<IsConstructor>("isConstructor"),
    Typed<IsInsideNodeModules>("isInsideNodeModules"),
    Typed<MarkPromiseAsHandled>("markPromiseAsHandled"),
    Typed<ParseEnv>("parseEnv"),
    Typed<PreviewEntries>("previewEntries"),
    Typed<Sleep>("sleep"),
};

constexpr ConstantSpec kConstants[] = {
    {"kPending", v8::Promise::kPending},
    {"kFulfilled", v8::Promise::kFulfilled},
    {"kRejected", v8::Promise::kRejected},
    {"kExiting", 0},
    {"kExitCode", 1},
    {"kHasExitCode", 2},
    {"ALL_PROPERTIES", v8::ALL_PROPERTIES},
    {"ONLY_WRITABLE", v8::ONLY_WRITABLE},
    {"ONLY_ENUMERABLE", v8::ONLY_ENUMERABLE},
    {"ONLY_CONFIGURABLE", v8::ONLY_CONFIGURABLE},
    {"SKIP_STRINGS", v8::SKIP_STRINGS},
    {"SKIP_SYMBOLS", v8::SKIP_SYMBOLS},
    {"kDisallowCloneAndTransfer", 0},
    {"kTransferable", 1},
    {"kCloneable", 2},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) { target->Set(context, Internalized(isolate, name), value).Check(); };
  set("constants", NumbersByName(context, kConstants));
  set("privateSymbols", PrivateSymbols(env));
  const SharedUint32 abort_toggle(env, "util.shouldAbortOnUncaughtToggle", 1);
  abort_toggle[0] = 1;
  set("shouldAbortOnUncaughtToggle", abort_toggle.Get());
}

void References(std::vector<intptr_t>* addresses) {
  addresses->push_back(reinterpret_cast<intptr_t>(static_cast<v8::AccessorNameGetterCallback>(LazyProperty)));
}

}  // namespace

extern const BindingSpec kNodeUtil;
constexpr BindingSpec kNodeUtil{"util", kFunctions, {}, {}, Init, References};

}  // namespace dv8::node
