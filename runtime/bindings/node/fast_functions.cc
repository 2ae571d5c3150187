#include "runtime/bindings/node/fast_functions.h"

#include "runtime/bindings/value.h"

namespace dv8::node {

void SetFastFunctions(Environment* env, v8::Local<v8::Object> target, std::span<const FastFunction> functions) {
  v8::Isolate* isolate = env->isolate();
  for (const FastFunction& spec : functions) {
    const v8::CFunction fast = spec.fast();
    v8::Local<v8::FunctionTemplate> made = v8::FunctionTemplate::New(isolate, spec.callback, {}, {}, 0, v8::ConstructorBehavior::kThrow,
                                                                     v8::SideEffectType::kHasSideEffect, &fast);
    v8::Local<v8::String> name = Internalized(isolate, spec.name);
    v8::Local<v8::Function> function = made->GetFunction(env->context()).ToLocalChecked();
    function->SetName(name);
    target->Set(env->context(), name, function).Check();
  }
}

void AppendFastReferences(std::span<const FastFunction> functions, std::vector<intptr_t>* references) {
  for (const FastFunction& spec : functions) {
    const v8::CFunction fast = spec.fast();
    references->push_back(reinterpret_cast<intptr_t>(fast.GetAddress()));
    references->push_back(reinterpret_cast<intptr_t>(fast.GetTypeInfo()));
  }
}

}  // namespace dv8::node
