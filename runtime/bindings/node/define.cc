#include "runtime/bindings/node/define.h"

#include "runtime/bindings/value.h"

namespace dv8::node {

v8::Local<v8::Object> NullPrototypeObject(v8::Isolate* isolate) {
  return v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
}

void DefineConstant(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::string_view name,
                    v8::Local<v8::Value> value) {
  target->DefineOwnProperty(context, Internalized(context->GetIsolate(), name), value, kConstantAttributes)
      .Check();
}

void DefineConstants(v8::Local<v8::Context> context, v8::Local<v8::Object> target,
                     std::span<const ConstantSpec> constants) {
  for (const ConstantSpec& constant : constants) {
    DefineConstant(context, target, constant.name,
                   v8::Number::New(context->GetIsolate(), static_cast<double>(constant.value)));
  }
}

}  // namespace dv8::node
