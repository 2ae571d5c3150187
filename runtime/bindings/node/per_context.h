// What lib/internal/per_context/*.js exports.
#pragma once

#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// The `exports` that lib/internal/per_context/*.js have filled for `context`: DOMException, emitMessage.
// Empty before the bootstrap has run them, or when an exception is pending.
v8::MaybeLocal<v8::Object> PerContextExports(Environment* env, v8::Local<v8::Context> context);
// One function of them.
v8::MaybeLocal<v8::Function> PerContextFunction(Environment* env, v8::Local<v8::Context> context, const char* name);

// The context that vm.createContext(sandbox) made; empty when it is not such an object.
v8::MaybeLocal<v8::Context> ContextOfSandbox(Environment* env, v8::Local<v8::Object> sandbox);

// Throws a DOMException: `name` is "DataCloneError".
void ThrowDomException(Environment* env, v8::Local<v8::Context> context, std::string_view message, const char* name);

}  // namespace dv8::node
