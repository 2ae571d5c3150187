// Bindings as C++ functions of typed arguments: what reads and checks JavaScript's arguments, and
// what makes a JavaScript value of the result, is generated from the signature.
//
//   UvResult<std::string> Hostname();
//   UvResult<void> SetPriority(Environment* env, int32_t pid, InRange<int32_t, -20, 19> priority);
//   constexpr FunctionSpec kFunctions[] = {Typed<Hostname>("getHostname"), Typed<SetPriority>("setPriority")};
//
// Parameters: Environment* (not an argument), const CallInfo& (not an argument: the whole call, for
// what no reader says: overloads, the receiver, `new.target`), and the types of arguments.h. An
// argument that is missing is undefined. Results: void, bool, int32_t, uint32_t, double, size_t,
// std::string (UTF-8), v8::Local<T>, v8::MaybeLocal<T> (empty: an exception is pending), and
// UvResult<T> of those, whose UvFailure is thrown.
//
// Method<&T::Function>("name") is a method of a native class: the receiver is checked, another one
// is "Illegal invocation". Constructor<T, Arguments...> makes `new T(env, this, arguments...)`;
// T::Make(const CallInfo&) does it by hand where that is not enough (Typed covers it).
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/binding/arguments.h"
#include "runtime/core/environment.h"

namespace dv8 {

template <typename T>
class UvResult {
 public:
  UvResult(UvFailure failure) : value_(std::move(failure)) {}
  template <typename U>
    requires std::is_constructible_v<T, U>
  UvResult(U&& value) : value_(std::in_place_index<1>, std::forward<U>(value)) {}
  bool ok() const { return value_.index() == 1; }
  const UvFailure& failure() const { return std::get<0>(value_); }
  T& value() { return std::get<1>(value_); }

 private:
  std::variant<UvFailure, T> value_;
};

template <>
class UvResult<void> {
 public:
  UvResult() = default;
  UvResult(UvFailure failure) : failure_(std::move(failure)) {}
  bool ok() const { return !failure_.has_value(); }
  const UvFailure& failure() const { return *failure_; }

 private:
  std::optional<UvFailure> failure_;
};

namespace internal {

inline void Throw(const CallInfo& info, const UvFailure& failure) {
  ThrowUvError(info, failure.rc, failure.syscall, failure.path.empty() ? nullptr : failure.path.c_str(),
               failure.dest.empty() ? nullptr : failure.dest.c_str());
}

template <typename T>
void Return(const CallInfo& info, T&& result) {
  using R = std::remove_cvref_t<T>;
  if constexpr (std::is_same_v<R, std::string>) {
    ReturnUtf8(info, result);
  } else if constexpr (std::is_same_v<R, bool> || std::is_same_v<R, int32_t> || std::is_same_v<R, uint32_t> || std::is_same_v<R, double>) {
    info.GetReturnValue().Set(result);
  } else if constexpr (std::is_integral_v<R>) {
    info.GetReturnValue().Set(static_cast<double>(result));
  } else if constexpr (requires {
                         result.IsEmpty();
                         result.ToLocalChecked();
                       }) {
    if (!result.IsEmpty()) info.GetReturnValue().Set(result.ToLocalChecked());
  } else if constexpr (requires { result.failure(); }) {
    if (!result.ok()) return Throw(info, result.failure());
    if constexpr (requires { result.value(); }) Return(info, result.value());
  } else {
    if (!result.IsEmpty()) info.GetReturnValue().Set(result);  // v8::Local
  }
}

template <typename P>
constexpr bool kIsArgument = !std::is_same_v<P, Environment*> && !std::is_same_v<std::remove_cvref_t<P>, CallInfo>;

template <typename... Ps>
struct Parameters {
  // The argument's number of parameter `i`.
  static constexpr int IndexOf(size_t parameter) {
    constexpr bool is[] = {kIsArgument<Ps>..., false};
    int index = 0;
    for (size_t i = 0; i < parameter; i++) index += is[i] ? 1 : 0;
    return index;
  }
  using Values = std::tuple<std::conditional_t<kIsArgument<Ps>, std::remove_cvref_t<Ps>, char>...>;

  template <size_t I, typename P>
  static bool ReadOne(const CallInfo& info, Values* values) {
    if constexpr (kIsArgument<P>) {
      constexpr int kIndex = IndexOf(I);
      return ArgumentReader<std::remove_cvref_t<P>>::Read(info.GetIsolate(), info[kIndex], kIndex, &std::get<I>(*values));
    } else {
      return true;
    }
  }
  template <size_t I, typename P>
  static decltype(auto) Pass(const CallInfo& info, Values& values) {
    if constexpr (std::is_same_v<P, Environment*>) {
      return Environment::From(info);
    } else if constexpr (std::is_same_v<std::remove_cvref_t<P>, CallInfo>) {
      return (info);
    } else {
      return std::move(std::get<I>(values));
    }
  }
  template <typename F, size_t... Is>
  static void Call(const CallInfo& info, const F& function, std::index_sequence<Is...>) {
    Values values;
    if (!(ReadOne<Is, Ps>(info, &values) && ...)) return;
    using R = decltype(function(Pass<Is, Ps>(info, values)...));
    if constexpr (std::is_void_v<R>) {
      function(Pass<Is, Ps>(info, values)...);
    } else {
      Return(info, function(Pass<Is, Ps>(info, values)...));
    }
  }
  template <typename F>
  static void Call(const CallInfo& info, const F& function) {
    Call(info, function, std::index_sequence_for<Ps...>());
  }
};

template <auto kFunction>
struct Adapter;
template <typename R, typename... Ps, R (*kFunction)(Ps...)>
struct Adapter<kFunction> {
  static void Invoke(const CallInfo& info) { Parameters<Ps...>::Call(info, kFunction); }
};

template <typename T>
T* Receiver(const CallInfo& info) {
  T* self = NativeObject::Cast<T>(info.This());
  if (self == nullptr) {
    ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Illegal invocation");
  }
  return self;
}

template <auto kMethod>
struct MethodAdapter;
template <typename T, typename R, typename... Ps, R (T::*kMethod)(Ps...)>
struct MethodAdapter<kMethod> {
  static void Invoke(const CallInfo& info) {
    T* self = Receiver<T>(info);
    if (self == nullptr) return;
    if constexpr (requires { self->AnswerWhenClosed(info); }) {
      if (self->AnswerWhenClosed(info)) return;
    }
    Parameters<Ps...>::Call(info, [self](Ps... parameters) -> R { return (self->*kMethod)(std::forward<Ps>(parameters)...); });
  }
};
template <typename T, typename R, typename... Ps, R (T::*kMethod)(Ps...) const>
struct MethodAdapter<kMethod> {
  static void Invoke(const CallInfo& info) {
    T* self = Receiver<T>(info);
    if (self == nullptr) return;
    Parameters<Ps...>::Call(info, [self](Ps... parameters) -> R { return (self->*kMethod)(std::forward<Ps>(parameters)...); });
  }
};

template <typename T, typename... Ps>
void Construct(const CallInfo& info) {
  if (!info.IsConstructCall()) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      std::string("Class constructor ") + T::kClass.name + " cannot be invoked without 'new'");
  }
  Parameters<Ps...>::Call(info,
                          [&info](Ps... parameters) { new T(Environment::From(info), info.This(), std::forward<Ps>(parameters)...); });
}

}  // namespace internal

template <auto kFunction>
constexpr FunctionSpec Typed(const char* name) {
  return {name, &internal::Adapter<kFunction>::Invoke};
}

template <auto kMethod>
constexpr FunctionSpec Method(const char* name) {
  return {name, &internal::MethodAdapter<kMethod>::Invoke};
}

// A property that `kGet` computes and, when given, `kSet` sets.
template <auto kGet>
constexpr AccessorSpec Getter(const char* name) {
  return {name, &internal::MethodAdapter<kGet>::Invoke};
}
template <auto kGet, auto kSet>
constexpr AccessorSpec Accessor(const char* name) {
  return {name, &internal::MethodAdapter<kGet>::Invoke, &internal::MethodAdapter<kSet>::Invoke};
}

// What ClassSpec::constructor is for `new T(env, this, Ps...)`.
template <typename T, typename... Ps>
constexpr v8::FunctionCallback Constructor() {
  return &internal::Construct<T, Ps...>;
}
// For classes that only C++ makes instances of: `new` throws.
void RefuseConstruction(const CallInfo& info);

}  // namespace dv8
