// runtime/bindings/node/types.cc: internalBinding('types'), what kind of object a value is, by its internal slots.
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

template <bool (v8::Value::*kTest)() const>
void Is(const CallInfo& info) {
  info.GetReturnValue().Set(((*info[0])->*kTest)());
}

void IsBoxedPrimitive(const CallInfo& info) {
  v8::Local<v8::Value> value = info[0];
  info.GetReturnValue().Set(value->IsNumberObject() || value->IsStringObject() || value->IsBooleanObject() || value->IsBigIntObject() ||
                            value->IsSymbolObject());
}

void IsAnyArrayBuffer(const CallInfo& info) { info.GetReturnValue().Set(info[0]->IsArrayBuffer() || info[0]->IsSharedArrayBuffer()); }

// clang-format off
#define DV8_TYPES(V) \
  V(ArgumentsObject) V(ArrayBuffer) V(AsyncFunction) V(BigIntObject) V(BooleanObject) V(Date) V(External) \
  V(GeneratorFunction) V(GeneratorObject) V(Map) V(MapIterator) V(ModuleNamespaceObject) V(NativeError) V(NumberObject) \
  V(Promise) V(Proxy) V(RegExp) V(Set) V(SetIterator) V(SharedArrayBuffer) V(StringObject) V(SymbolObject) V(WeakMap) \
  V(WeakSet)
// clang-format on

constexpr FunctionSpec kFunctions[] = {
#define V(name) {"is" #name, Is<&v8::Value::Is##name>},
    DV8_TYPES(V)
#undef V
        {"isAnyArrayBuffer", IsAnyArrayBuffer},
    {"isBoxedPrimitive", IsBoxedPrimitive},
};

}  // namespace

extern const BindingSpec kNodeTypes;
constexpr BindingSpec kNodeTypes{"types", kFunctions};

}  // namespace dv8::node
