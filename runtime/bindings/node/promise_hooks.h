// Functions of the library that hear of each promise: async_hooks' and v8.promiseHooks'. V8 is built without
// hooks of its own in JavaScript; those for C++ are as many.
#pragma once

#include <array>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// Environment::State<PromiseHooks>(). A restored heap's hooks are set again when it is made.
class PromiseHooks {
 public:
  static constexpr size_t kCount = 4;  // init, before, after, settled

  explicit PromiseHooks(Environment* env);
  ~PromiseHooks();
  // What is no function is no hook.
  void Set(const std::array<v8::Local<v8::Value>, kCount>& hooks);
  v8::Local<v8::Value> Get();

 private:
  static void OnPromise(v8::PromiseHookType type, v8::Local<v8::Promise> promise, v8::Local<v8::Value> parent);
  void Install(v8::Local<v8::Array> hooks);

  Environment* env_;
  std::array<v8::Global<v8::Function>, kCount> hooks_;
};

}  // namespace dv8::node
