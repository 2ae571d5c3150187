#include "runtime/bindings/node/per_context.h"

#include "runtime/bindings/node/vm_context.h"

namespace dv8::node {

v8::MaybeLocal<v8::Object> PerContextExports(Environment* env, v8::Local<v8::Context>) {
  v8::Local<v8::Value> exports = env->Kept("per_context_exports");
  if (!exports->IsObject()) return {};
  return exports.As<v8::Object>();
}

v8::MaybeLocal<v8::Function> PerContextFunction(Environment* env, v8::Local<v8::Context> context, const char* name) {
  v8::Local<v8::Object> exports;
  v8::Local<v8::Value> value;
  if (!PerContextExports(env, context).ToLocal(&exports) ||
      !exports->Get(context, Internalized(env->isolate(), name)).ToLocal(&value) || !value->IsFunction()) {
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
  if (!PerContextFunction(env, context, "DOMException").ToLocal(&constructor) ||
      !FromUtf8(isolate, message).ToLocal(&text)) {
    return;
  }
  v8::Local<v8::Value> argv[] = {text, Internalized(isolate, name)};
  v8::Local<v8::Object> exception;
  if (constructor->NewInstance(context, 2, argv).ToLocal(&exception)) isolate->ThrowException(exception);
}

}  // namespace dv8::node
