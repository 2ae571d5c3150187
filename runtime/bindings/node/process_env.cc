#include "runtime/bindings/node/process_env.h"

#include <stdlib.h>
#include <time.h>
#include <uv.h>

#include <mutex>

#include "runtime/binding/errors.h"
#include "runtime/bindings/environ_lock.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/process_warning.h"
#include "runtime/bindings/value.h"

extern char** environ;

namespace dv8::node {
namespace {

using v8::Intercepted;

void NoticeChange(v8::Isolate* isolate, std::string_view name) {
  if (name != "TZ") return;
  tzset();
  isolate->DateTimeConfigurationChangeNotification(v8::Isolate::TimeZoneDetection::kRedetect);
}

WorkerVariables* OwnVariables(Environment* env) { return env->State<EnvironmentVariables>().own.get(); }

void UnsetEnv(Environment* env, const std::string& name) {
  if (WorkerVariables* own = OwnVariables(env)) {
    std::lock_guard lock(own->mutex);
    own->values.erase(name);
    return;
  }
  {
    std::lock_guard lock(EnvironLock());
    unsetenv(name.c_str());
  }
  NoticeChange(env->isolate(), name);
}

std::vector<std::string> Names(Environment* env) {
  std::vector<std::string> names;
  if (WorkerVariables* own = OwnVariables(env)) {
    std::lock_guard lock(own->mutex);
    for (const auto& [name, value] : own->values) names.push_back(name);
    return names;
  }
  std::lock_guard lock(EnvironLock());
  for (char** entry = environ; entry != nullptr && *entry != nullptr; entry++) {
    const std::string_view text(*entry);
    const size_t end = text.find('=', 1);
    if (end != std::string_view::npos) names.emplace_back(text.substr(0, end));
  }
  return names;
}

v8::Local<v8::Private> Mark(v8::Isolate* isolate) { return v8::Private::ForApi(isolate, Internalized(isolate, "dv8:process.env")); }

// DEP0104, once: a program that stores objects and undefined there gets texts back.
void WarnOfConversion(Environment* env, v8::Local<v8::Value> value) {
  if (value->IsString() || value->IsNumber() || value->IsBoolean()) return;
  struct Warned {
    explicit Warned(Environment*) {}
    bool yet = false;
  };
  if (!env->State<NodeOptions>().IsTrue("--pending-deprecation") || env->State<Warned>().yet) return;
  env->State<Warned>().yet = true;
  (void)EmitWarningNow(env,
                       "Assigning any value other than a string, number, or boolean to a process.env property is "
                       "deprecated. Please make sure to convert the value to a string before setting process.env "
                       "with it.",
                       "DeprecationWarning", "DEP0104");
}

// The variable's name; empty for symbols, which name none.
std::optional<std::string> NameOf(v8::Isolate* isolate, v8::Local<v8::Name> property) {
  if (!property->IsString()) return std::nullopt;
  return std::string(Utf8(isolate, property).view());
}

Intercepted Get(v8::Local<v8::Name> property, const v8::PropertyCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const std::optional<std::string> name = NameOf(isolate, property);
  // A symbol is undefined even when Object.prototype has a property of it.
  if (!name) {
    info.GetReturnValue().SetUndefined();
    return Intercepted::kYes;
  }
  const std::optional<std::string> value = GetEnv(Environment::From(isolate), name->c_str());
  v8::Local<v8::String> text;
  if (!value || !FromUtf8(isolate, *value).ToLocal(&text)) return Intercepted::kNo;
  info.GetReturnValue().Set(text);
  return Intercepted::kYes;
}

Intercepted Set(v8::Local<v8::Name> property, v8::Local<v8::Value> value, const v8::PropertyCallbackInfo<void>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Environment* env = Environment::From(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  WarnOfConversion(env, value);
  v8::Local<v8::String> name, text;
  // Symbols throw here, as values that have no string.
  if (!property->ToString(context).ToLocal(&name) || !value->ToString(context).ToLocal(&text)) {
    return Intercepted::kNo;
  }
  if (RefuseWhileBuilding(env, "Setting an environment variable")) return Intercepted::kYes;
  SetEnv(env, std::string(Utf8(isolate, name).view()), std::string(Utf8(isolate, text).view()));
  return Intercepted::kYes;
}

Intercepted Query(v8::Local<v8::Name> property, const v8::PropertyCallbackInfo<v8::Integer>& info) {
  const std::optional<std::string> name = NameOf(info.GetIsolate(), property);
  if (!name || !GetEnv(Environment::From(info.GetIsolate()), name->c_str())) return Intercepted::kNo;
  info.GetReturnValue().Set(static_cast<int32_t>(v8::None));
  return Intercepted::kYes;
}

Intercepted Delete(v8::Local<v8::Name> property, const v8::PropertyCallbackInfo<v8::Boolean>& info) {
  Environment* env = Environment::From(info.GetIsolate());
  const std::optional<std::string> name = NameOf(info.GetIsolate(), property);
  if (name && !IsBuilding(env)) UnsetEnv(env, *name);
  info.GetReturnValue().Set(true);  // As for each configurable property, also one that is not there.
  return Intercepted::kYes;
}

void Enumerate(const v8::PropertyCallbackInfo<v8::Array>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<v8::Local<v8::Value>> list;
  for (const std::string& name : Names(Environment::From(isolate))) {
    v8::Local<v8::String> text;
    if (!FromUtf8(isolate, name).ToLocal(&text)) return;
    list.push_back(text);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

Intercepted Define(v8::Local<v8::Name> property, const v8::PropertyDescriptor& descriptor, const v8::PropertyCallbackInfo<void>& info) {
  const bool plain = descriptor.has_value() && descriptor.has_writable() && descriptor.has_enumerable() && descriptor.has_configurable() &&
                     descriptor.writable() && descriptor.enumerable() && descriptor.configurable();
  if (plain) return Set(property, descriptor.value(), info);
  const bool accessor = !descriptor.has_value() && (descriptor.has_get() || descriptor.has_set());
  ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
             accessor ? "'process.env' does not accept an accessor(getter/setter) descriptor"
                      : "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
  return Intercepted::kYes;
}

}  // namespace

std::shared_ptr<WorkerVariables> CopyVariables(Environment* env) {
  auto copy = std::make_shared<WorkerVariables>();
  for (const std::string& name : Names(env)) {
    if (std::optional<std::string> value = GetEnv(env, name.c_str())) copy->values[name] = std::move(*value);
  }
  return copy;
}

std::optional<std::string> GetEnv(Environment* env, const char* name) {
  if (WorkerVariables* own = OwnVariables(env)) {
    std::lock_guard lock(own->mutex);
    const auto found = own->values.find(std::string_view(name));
    return found == own->values.end() ? std::nullopt : std::optional(found->second);
  }
  std::lock_guard lock(EnvironLock());
  const char* value = getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

void SetEnv(Environment* env, const std::string& name, const std::string& value) {
  if (WorkerVariables* own = OwnVariables(env)) {
    std::lock_guard lock(own->mutex);
    own->values[name] = value;
    return;
  }
  {
    std::lock_guard lock(EnvironLock());
    setenv(name.c_str(), value.c_str(), 1);
  }
  NoticeChange(env->isolate(), name);
}

v8::MaybeLocal<v8::Object> NewEnvObject(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::ObjectTemplate> tmpl = v8::ObjectTemplate::New(isolate, v8::FunctionTemplate::New(isolate));
  tmpl->SetHandler(v8::NamedPropertyHandlerConfiguration(Get, Set, Query, Delete, Enumerate, Define, nullptr, v8::Local<v8::Value>(),
                                                         v8::PropertyHandlerFlags::kHasNoSideEffect));
  v8::Local<v8::Object> object;
  if (!tmpl->NewInstance(env->context()).ToLocal(&object)) return {};
  object->SetPrivate(env->context(), Mark(isolate), v8::True(isolate)).Check();
  return scope.Escape(object);
}

bool IsEnvObject(v8::Local<v8::Context> context, v8::Local<v8::Object> object) {
  return object->HasPrivate(context, Mark(context->GetIsolate())).FromMaybe(false);
}

v8::MaybeLocal<v8::Object> CopyOfEnv(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Object> copy = v8::Object::New(isolate);
  for (const std::string& name : Names(env)) {
    v8::Local<v8::String> key, value;
    if (!FromUtf8(isolate, name).ToLocal(&key) || !FromUtf8(isolate, GetEnv(env, name.c_str()).value_or("")).ToLocal(&value) ||
        copy->CreateDataProperty(env->context(), key, value).IsNothing()) {
      return {};
    }
  }
  return copy;
}

void AppendEnvReferences(std::vector<intptr_t>* list) {
  for (const intptr_t address :
       {reinterpret_cast<intptr_t>(Get), reinterpret_cast<intptr_t>(Set), reinterpret_cast<intptr_t>(Query),
        reinterpret_cast<intptr_t>(Delete), reinterpret_cast<intptr_t>(Enumerate), reinterpret_cast<intptr_t>(Define)}) {
    list->push_back(address);
  }
}

}  // namespace dv8::node
