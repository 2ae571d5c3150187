#include "runtime/bindings/node/process_warning.h"

#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/value.h"

namespace dv8::node {

void EmitWarning(Environment* env, std::string_view text, std::string_view type, std::string_view code) {
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = env->context();
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> process, emit;
  v8::Local<v8::String> words[3];
  if (!context->Global()->Get(context, Internalized(isolate, "process")).ToLocal(&process) || !process->IsObject() ||
      !process.As<v8::Object>()->Get(context, Internalized(isolate, "emitWarning")).ToLocal(&emit) ||
      !emit->IsFunction() || !FromUtf8(isolate, text).ToLocal(&words[0]) ||
      !FromUtf8(isolate, type).ToLocal(&words[1]) || !FromUtf8(isolate, code).ToLocal(&words[2])) {
    return;
  }
  v8::Local<v8::Value> argv[] = {words[0], words[1], words[2]};
  const int argc = type.empty() ? 1 : code.empty() ? 2 : 3;
  MakeAsyncCallback(env, process.As<v8::Object>(), process, 0, 0, emit.As<v8::Function>(), argc, argv);
}

}  // namespace dv8::node
