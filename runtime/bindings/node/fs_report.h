// Calls that do not throw, but write the error into an object that lib/ gives.
#pragma once

#include "runtime/bindings/node/fs_request.h"

namespace dv8::node {

// As Perform(); but a failure of what runs at once goes to `context`'s `errno` and `syscall` when that is an
// object.
template <typename Task>
void PerformReporting(const CallInfo& info, const Completion& completion, v8::Local<v8::Value> context, Task&& task) {
  if (completion.kind != Completion::Kind::kNow || !context->IsObject()) {
    return Perform(info, completion, std::move(task));
  }
  v8::Isolate* isolate = info.GetIsolate();
  Environment* env = Environment::From(info);
  task.result = task.Run();
  if (task.result >= 0) {
    v8::Local<v8::Value> value;
    if (task.Value(env, completion.kind).ToLocal(&value)) info.GetReturnValue().Set(value);
    return;
  }
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    return context.As<v8::Object>()->Set(env->context(), Internalized(isolate, name), value).IsJust();
  };
  if (set("errno", v8::Integer::New(isolate, static_cast<int>(task.result)))) {
    set("syscall", Internalized(isolate, task.syscall));
  }
}

}  // namespace dv8::node
