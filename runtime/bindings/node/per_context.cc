#include "runtime/bindings/node/per_context.h"

#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/node/vm_context.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/library.h"

namespace dv8::node {

namespace {

// Evaluates the files for a context of node:vm: they make errors and events out of its own classes.
v8::MaybeLocal<v8::Object> MakeExports(Environment* env, v8::Local<v8::Context> context) {
  v8::Isolate* isolate = env->isolate();
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Object> symbols;
  if (!InternalBinding(env, "symbols").ToLocal(&symbols)) return {};
  v8::Local<v8::Object> exports = v8::Object::New(isolate);
  v8::Local<v8::Value> argv[] = {exports, v8::Object::New(isolate), PrivateSymbols(env), symbols};
  for (const std::string_view id :
       {"internal/per_context/primordials", "internal/per_context/domexception", "internal/per_context/messageport"}) {
    const ptrdiff_t index = FindInLibrary(id);
    v8::Local<v8::UnboundScript> script;
    v8::Local<v8::Value> file;
    if (index < 0 || !LibraryScript(env, static_cast<size_t>(index)).ToLocal(&script) ||
        !script->BindToCurrentContext()->Run(context).ToLocal(&file) || !file->IsFunction() ||
        file.As<v8::Function>()->Call(context, v8::Undefined(isolate), std::size(argv), argv).IsEmpty()) {
      return {};
    }
  }
  return exports;
}

}  // namespace

v8::MaybeLocal<v8::Object> PerContextExports(Environment* env, v8::Local<v8::Context> context) {
  v8::Local<v8::Value> exports;
  if (context == env->context()) {
    exports = env->Kept("per_context_exports");
    if (!exports->IsObject()) return {};
    return exports.As<v8::Object>();
  }
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Private> key = v8::Private::ForApi(isolate, Internalized(isolate, "dv8:per_context_exports"));
  if (!context->Global()->GetPrivate(context, key).ToLocal(&exports)) return {};
  if (exports->IsObject()) return exports.As<v8::Object>();
  v8::Local<v8::Object> made;
  if (!MakeExports(env, context).ToLocal(&made) || context->Global()->SetPrivate(context, key, made).IsNothing()) return {};
  return made;
}

v8::MaybeLocal<v8::Function> PerContextFunction(Environment* env, v8::Local<v8::Context> context, const char* name) {
  v8::Local<v8::Object> exports;
  v8::Local<v8::Value> value;
  if (!PerContextExports(env, context).ToLocal(&exports) || !exports->Get(context, Internalized(env->isolate(), name)).ToLocal(&value) ||
      !value->IsFunction()) {
    return {};
  }
  return value.As<v8::Function>();
}

v8::MaybeLocal<v8::Context> ContextOfSandbox(Environment* env, v8::Local<v8::Object> sandbox) {
  const ContextifyContext* found = ContextifyContext::Of(env, sandbox);
  if (found == nullptr) return {};
  return found->context();
}

void ThrowDomException(Environment* env, v8::Local<v8::Context> context, std::string_view message, const char* name) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Function> constructor;
  v8::Local<v8::String> text;
  if (!PerContextFunction(env, context, "DOMException").ToLocal(&constructor) || !FromUtf8(isolate, message).ToLocal(&text)) {
    return;
  }
  v8::Local<v8::Value> argv[] = {text, Internalized(isolate, name)};
  v8::Local<v8::Object> exception;
  if (constructor->NewInstance(context, 2, argv).ToLocal(&exception)) isolate->ThrowException(exception);
}

}  // namespace dv8::node
