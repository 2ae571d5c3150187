// A context of node:vm: a V8 context whose global object's properties are those of an object of the
// main context (the "sandbox"), or an ordinary one (vm.constants.DONT_CONTEXTIFY).
//
// Who keeps whom, all of it in the JavaScript heap, so that the collector sees the cycle:
//   holder (sandbox, or the new global) --private--> ContextifyContext's object --its map--> context
//   context --embedder data--> sandbox
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/bindings/native_object.h"

namespace dv8::node {

struct ContextOptions {
  v8::Local<v8::Object> sandbox;              // Empty for an ordinary global object.
  v8::Local<v8::Symbol> host_defined_option;  // What lib/ knows the context's import() by.
  bool allow_strings = true;                  // eval() and new Function().
  bool allow_wasm = true;
  bool own_microtasks = false;
  std::string name;
};

class ContextifyContext : public NativeObject {
 public:
  DV8_NATIVE_CLASS(ContextifyContext, NativeObject)
  // Makes the context and gives the object that stands for it: the sandbox or the new global. Empty when
  // an exception is pending.
  static v8::MaybeLocal<v8::Object> Make(Environment* env, const ContextOptions& options);
  // The context that `holder` stands for, or null.
  static ContextifyContext* Of(Environment* env, v8::Local<v8::Object> holder);

  v8::Local<v8::Context> context() const;
  // Its own queue, or null when it shares the main context's.
  v8::MicrotaskQueue* microtask_queue() const { return queue_.get(); }

 private:
  ContextifyContext(Environment* env, v8::Local<v8::Object> object, std::unique_ptr<v8::MicrotaskQueue> queue)
      : NativeObject(env, object), queue_(std::move(queue)) {}

  std::unique_ptr<v8::MicrotaskQueue> queue_;
};

// The interceptors' addresses.
void AppendContextReferences(std::vector<intptr_t>* list);

}  // namespace dv8::node
