// runtime/bindings/node/trace_events.cc: internalBinding('trace_events'), which are off: no category is ever enabled.
#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

bool IsTraceCategoryEnabled() { return false; }
void SetTraceCategoryStateUpdateHandler(v8::Local<v8::Function>) {}
v8::Local<v8::Value> GetEnabledCategories(Environment* env) { return v8::Undefined(env->isolate()); }
void Trace() {}
void SetLog(v8::Local<v8::Value>) {}
// A byte that JavaScript tests before it traces: 0.
v8::Local<v8::Value> GetCategoryEnabledBuffer(Environment* env) { return SharedUint8(env, "trace_events.enabled", 1).Get(); }

constexpr FunctionSpec kFunctions[] = {
    Typed<GetCategoryEnabledBuffer>("getCategoryEnabledBuffer"),
    Typed<GetEnabledCategories>("getEnabledCategories"),
    Typed<IsTraceCategoryEnabled>("isTraceCategoryEnabled"),
    Typed<SetLog>("setLog"),
    Typed<SetTraceCategoryStateUpdateHandler>("setTraceCategoryStateUpdateHandler"),
    Typed<Trace>("trace"),
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "available"), v8::False(env->isolate())).Check();
}

}  // namespace

extern const BindingSpec kNodeTraceEvents;
constexpr BindingSpec kNodeTraceEvents{"trace_events", kFunctions, {}, {}, Init};

}  // namespace dv8::node
