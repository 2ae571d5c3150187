// runtime/bindings/errors.cc: internal:errors, libuv's error numbers with their names and texts.
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

struct UvErrorName {
  int number;
  const char* name;
  const char* text;
};

constexpr UvErrorName kNames[] = {
#define DV8_UV_ERROR(name, text) {UV_##name, #name, text},
    UV_ERRNO_MAP(DV8_UV_ERROR)
#undef DV8_UV_ERROR
};

// list() → [number, name, text, …].
void List(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<v8::Local<v8::Value>> list;
  for (const UvErrorName& error : kNames) {
    list.push_back(v8::Integer::New(isolate, error.number));
    list.push_back(Internalized(isolate, error.name));
    list.push_back(Internalized(isolate, error.text));
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

constexpr FunctionSpec kFunctions[] = {{"list", List}};

}  // namespace

extern const BindingSpec kErrors;
constexpr BindingSpec kErrors{"errors", kFunctions};

}  // namespace dv8
