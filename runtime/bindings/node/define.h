// Properties as Node's own bindings define them: constants that cannot be written or deleted.
#pragma once

#include <span>

#include "runtime/bindings/spec.h"
#include "v8.h"

namespace dv8::node {

inline constexpr auto kConstantAttributes =
    static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete);

v8::Local<v8::Object> NullPrototypeObject(v8::Isolate* isolate);
void DefineConstant(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::string_view name,
                    v8::Local<v8::Value> value);
void DefineConstants(v8::Local<v8::Context> context, v8::Local<v8::Object> target,
                     std::span<const ConstantSpec> constants);

}  // namespace dv8::node
