#include "runtime/core/bootstrap.h"

#include "runtime/binding/errors.h"
#include "runtime/bindings/registry.h"
#include "runtime/bindings/value.h"
#include "runtime/core/source_text.h"

namespace dv8 {
namespace {

constexpr std::string_view kInternalPrefix = "internal:";
constexpr std::string_view kDv8Prefix = "dv8/";                   // Ours, where a file of ours stands in Node's library.
constexpr std::string_view kLibraryPrefix = "internal:library/";  // Node's bindings.

}  // namespace

// The cache is a plain object in the function's data, so that it lives in the snapshot too.
void RequireBinding(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Object> cache = info.Data().As<v8::Object>();
  v8::Local<v8::Value> cached;
  if (!cache->Get(context, info[0]).ToLocal(&cached)) return;
  if (!cached->IsUndefined()) {
    info.GetReturnValue().Set(cached);
    return;
  }
  Utf8 name(isolate, info[0]);
  v8::Local<v8::Object> binding;
  if (name.view().starts_with(kLibraryPrefix)) {
    if (!InternalBinding(Environment::From(isolate), name.view().substr(kLibraryPrefix.size())).ToLocal(&binding)) return;
  } else if (!name.view().starts_with(kInternalPrefix) ||
             !InstantiateBinding(context, name.view().substr(kInternalPrefix.size())).ToLocal(&binding)) {
    ThrowTypeError(isolate, "no native module '" + std::string(name.view()) + "'");
    return;
  }
  if (cache->Set(context, info[0], binding).IsNothing()) return;
  info.GetReturnValue().Set(binding);
}

v8::MaybeLocal<v8::Object> InternalBinding(Environment* env, std::string_view name) {
  constexpr const char* kBindings = "internal bindings";
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> all = env->Kept(kBindings);
  if (!all->IsObject()) {
    all = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
    env->Keep(kBindings, all);
  }
  v8::Local<v8::String> key = Internalized(isolate, name);
  v8::Local<v8::Value> known;
  if (!all.As<v8::Object>()->Get(env->context(), key).ToLocal(&known)) return {};
  if (known->IsObject()) return known.As<v8::Object>();
  v8::Local<v8::Object> binding;
  const v8::MaybeLocal<v8::Object> made = name.starts_with(kDv8Prefix) ? InstantiateBinding(env->context(), name.substr(kDv8Prefix.size()))
                                                                       : InstantiateNodeBinding(env->context(), name);
  if (!made.ToLocal(&binding)) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_INVALID_MODULE", "No such binding: " + std::string(name));
    return {};
  }
  if (all.As<v8::Object>()->Set(env->context(), key, binding).IsNothing()) return {};
  return binding;
}

v8::MaybeLocal<v8::UnboundScript> CompileStdlib(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::ScriptOrigin origin(FromUtf8(isolate, kStdlibScriptName).ToLocalChecked());
  v8::ScriptCompiler::Source source(StdlibString(isolate), origin);
  return v8::ScriptCompiler::CompileUnboundScript(isolate, &source);
}

bool RunStdlib(Environment* env, v8::Local<v8::UnboundScript> script) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Value> wrapper;
  if (!script->BindToCurrentContext()->Run(context).ToLocal(&wrapper)) return false;
  v8::Local<v8::Object> cache = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  v8::Local<v8::Function> require = v8::Function::New(context, RequireBinding, cache, 1, v8::ConstructorBehavior::kThrow).ToLocalChecked();
  v8::Local<v8::Object> module = v8::Object::New(isolate);
  v8::Local<v8::String> exports_key = Internalized(isolate, "exports");
  v8::Local<v8::Object> exports = v8::Object::New(isolate);
  module->Set(context, exports_key, exports).Check();
  v8::Local<v8::Value> argv[] = {require, module, exports};
  if (wrapper.As<v8::Function>()->Call(context, v8::Undefined(isolate), 3, argv).IsEmpty()) {
    return false;
  }
  env->SetHooks(module->Get(context, exports_key).ToLocalChecked().As<v8::Object>());
  return true;
}

bool NameProgram(Environment* env, const std::string& entry) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> argv[] = {v8::Undefined(isolate), FromUtf8(isolate, entry).ToLocalChecked()};
  return !env->hook(Hook::kSetMain)->Call(env->context(), v8::Undefined(isolate), 2, argv).IsEmpty();
}

}  // namespace dv8
