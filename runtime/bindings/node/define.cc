#include "runtime/bindings/node/define.h"

#include "runtime/bindings/value.h"

namespace dv8::node {

v8::Local<v8::Object> NullPrototypeObject(v8::Isolate* isolate) { return v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0); }

void DefineConstant(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::string_view name, v8::Local<v8::Value> value) {
  target->DefineOwnProperty(context, Internalized(context->GetIsolate(), name), value, kConstantAttributes).Check();
}

void DefineConstants(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::span<const ConstantSpec> constants) {
  for (const ConstantSpec& constant : constants) {
    DefineConstant(context, target, constant.name, v8::Number::New(context->GetIsolate(), static_cast<double>(constant.value)));
  }
}

void SetNumbers(v8::Local<v8::Context> context, v8::Local<v8::Object> target, std::span<const ConstantSpec> constants) {
  v8::Isolate* isolate = context->GetIsolate();
  for (const ConstantSpec& constant : constants) {
    target->Set(context, Internalized(isolate, constant.name), v8::Number::New(isolate, static_cast<double>(constant.value))).Check();
  }
}

v8::Local<v8::Object> NumbersByName(v8::Local<v8::Context> context, std::span<const ConstantSpec> constants) {
  v8::Local<v8::Object> object = v8::Object::New(context->GetIsolate());
  SetNumbers(context, object, constants);
  return object;
}

}  // namespace dv8::node
