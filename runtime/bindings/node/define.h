// Properties as Node's own bindings have them: constants, and numbers by their names.
#pragma once

#include <span>

#include "runtime/bindings/spec.h"
#include "v8.h"

namespace dv8::node {

inline constexpr auto kConstantAttributes = static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete);

v8::Local<v8::Object> NullPrototypeObject(v8::Isolate* isolate);
void DefineConstant(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::string_view name, v8::Local<v8::Value> value);
void DefineConstants(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::span<const ConstantSpec> constants);

// The same as ordinary properties, which can be written.
void SetNumbers(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::span<const ConstantSpec> constants);
// A plain object of them.
v8::Local<v8::Object> NumbersByName(v8::Local<v8::Context> context, std::span<const ConstantSpec> constants);

}  // namespace dv8::node
