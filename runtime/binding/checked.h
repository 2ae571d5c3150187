// Bindings whose functions take the whole call, with their arguments checked as typed ones are (typed.h): what a program
// reaches through the prototypes of dv8's classes throws, and never fails a CHECK.
//
//   constexpr FunctionSpec kMethods[] = {Checked<Udp::Bind, v8::Local<v8::String>, int32_t>("bind")};
//   constexpr ClassSpec kClasses[] = {{"UDP", CheckedConstructor<Udp::Construct>, kMethods}};
#pragma once

#include <tuple>

#include "runtime/binding/arguments.h"

namespace dv8 {

// A view of memory that stays in its place: not of a resizable buffer.
struct FixedView {};
template <>
struct ArgumentReader<FixedView> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, FixedView*) {
    if (value->IsArrayBufferView() && !value.As<v8::ArrayBufferView>()->Buffer()->GetBackingStore()->IsResizableByUserJavaScript()) {
      return true;
    }
    ThrowInvalidArgument(isolate, index, "a view of a buffer that is not resizable", value);
    return false;
  }
};

namespace internal {

template <typename... Ps, size_t... Is>
bool CheckArguments(const CallInfo& info, std::index_sequence<Is...>) {
  std::tuple<Ps...> values;
  return (ArgumentReader<Ps>::Read(info.GetIsolate(), info[Is], Is, &std::get<Is>(values)) && ...);
}

template <v8::FunctionCallback kFunction, typename... Ps>
void CallChecked(const CallInfo& info) {
  if (CheckArguments<Ps...>(info, std::index_sequence_for<Ps...>())) kFunction(info);
}

}  // namespace internal

template <v8::FunctionCallback kFunction, typename... Ps>
constexpr FunctionSpec Checked(const char* name) {
  return {name, internal::CallChecked<kFunction, Ps...>};
}

template <v8::FunctionCallback kConstruct, typename... Ps>
void CheckedConstructor(const CallInfo& info) {
  if (!info.IsConstructCall()) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "A class's constructor cannot be invoked without 'new'");
  }
  internal::CallChecked<kConstruct, Ps...>(info);
}

}  // namespace dv8
