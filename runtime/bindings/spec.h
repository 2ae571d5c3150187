// The tables that describe native modules ("bindings").
//
// A binding is one .cc file with one constexpr BindingSpec. Three things are computed from
// the tables and from nothing else: the objects that `require('internal:<name>')` gives to
// the standard library, V8's external references, and the registry's part of the
// fingerprint. JavaScript checks its callers' arguments; a binding CHECKs what it gets.
#pragma once

#include <cstdint>
#include <span>

#include "v8.h"

namespace dv8 {

using CallInfo = v8::FunctionCallbackInfo<v8::Value>;

struct FunctionSpec {
  const char* name;
  v8::FunctionCallback callback;
};

// An integer that JavaScript sees as a number: |value| must be below 2^53.
struct ConstantSpec {
  const char* name;
  int64_t value;
};

// A class whose instances carry a NativeObject (see native_object.h) in their first internal
// field. The others hold JavaScript values that live as long as the instance.
struct ClassSpec {
  const char* name;
  v8::FunctionCallback constructor;
  std::span<const FunctionSpec> methods;
  int internal_fields = 1;
};

struct BindingSpec {
  const char* name;  // Without the "internal:" prefix; matched exactly.
  std::span<const FunctionSpec> functions;
  std::span<const ConstantSpec> constants = {};
  std::span<const ClassSpec> classes = {};
};

}  // namespace dv8
