// Functions that optimised code calls without a frame of V8's API (v8-fast-api-calls.h): a C function with the same
// effect as the callback, which takes all other calls. V8 cuts numbers to the width of an integer parameter: what may
// be beyond it is a double there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/environment.h"
#include "v8-fast-api-calls.h"
#include "v8.h"

namespace dv8::node {

struct FastFunction {
  const char* name;
  v8::FunctionCallback callback;  // As in the binding's table of functions.
  v8::CFunction (*fast)();
};

template <auto kFunction>
v8::CFunction Fast() {
  return v8::CFunction::Make(kFunction);
}

// For BindingSpec::init: gives `target` these functions in place of those of the table.
void SetFastFunctions(Environment* env, v8::Local<v8::Object> target, std::span<const FastFunction> functions);
// For BindingSpec::references.
void AppendFastReferences(std::span<const FastFunction> functions, std::vector<intptr_t>* references);

}  // namespace dv8::node
