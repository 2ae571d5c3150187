#include "runtime/bindings/node/process_warning.h"

#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

// process.emitWarning with its arguments; no function where there is none.
struct Emission {
  v8::Local<v8::Value> process;
  v8::Local<v8::Function> emit;
  v8::Local<v8::Value> arguments[3];
  int count = 0;
};

Emission Prepare(Environment* env, std::string_view text, std::string_view type, std::string_view code) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::TryCatch guard(isolate);
  Emission emission;
  v8::Local<v8::Value> emit;
  if (!context->Global()->Get(context, Internalized(isolate, "process")).ToLocal(&emission.process) || !emission.process->IsObject() ||
      !emission.process.As<v8::Object>()->Get(context, Internalized(isolate, "emitWarning")).ToLocal(&emit) || !emit->IsFunction()) {
    return emission;
  }
  for (const std::string_view word : {text, type, code}) {
    v8::Local<v8::String> string;
    if (word.empty() || !FromUtf8(isolate, word).ToLocal(&string)) break;
    emission.arguments[emission.count++] = string;
  }
  emission.emit = emit.As<v8::Function>();
  return emission;
}

}  // namespace

void EmitWarning(Environment* env, std::string_view text, std::string_view type, std::string_view code) {
  v8::HandleScope scope(env->isolate());
  v8::TryCatch guard(env->isolate());
  Emission emission = Prepare(env, text, type, code);
  if (emission.emit.IsEmpty()) return;
  MakeAsyncCallback(env, emission.process.As<v8::Object>(), emission.process, 0, 0, emission.emit, emission.count, emission.arguments);
}

bool EmitWarningNow(Environment* env, std::string_view text, std::string_view type, std::string_view code) {
  v8::HandleScope scope(env->isolate());
  Emission emission = Prepare(env, text, type, code);
  return emission.emit.IsEmpty() || !emission.emit->Call(env->context(), emission.process, emission.count, emission.arguments).IsEmpty();
}

}  // namespace dv8::node
