// What reads a JavaScript argument into a C++ value. A reader throws ERR_INVALID_ARG_TYPE or
// ERR_OUT_OF_RANGE and returns false; it never aborts, whatever a program passes. A reader runs no
// JavaScript of the program (no getters, no valueOf), so that what one reader found stays true
// while the next one reads.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "runtime/binding/errors.h"
#include "runtime/binding/held_bytes.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "v8.h"

namespace dv8 {

// An integer from `kLow` to `kHigh`.
template <typename T, T kLow, T kHigh>
struct InRange {
  T value = kLow;
  operator T() const { return value; }
};
using Port = InRange<uint32_t, 0, 65535>;

// A path: a string, or a Uint8Array with its bytes; without NUL.
struct Path {
  std::string value;
  const char* c_str() const { return value.c_str(); }
};

// The bytes of a buffer or view, until JavaScript runs again.
struct Bytes {
  std::span<uint8_t> span;
  uint8_t* data() const { return span.data(); }
  size_t size() const { return span.size(); }
};

template <typename T>
struct ArgumentReader;  // static bool Read(v8::Isolate*, v8::Local<v8::Value>, int index, T* out);

namespace internal {
// An integral double in [low, high], with the error when it is not.
bool ReadInteger(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, double low, double high, double* out);
}  // namespace internal

template <typename T, double kLow, double kHigh>
struct IntegerReader {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, T* out) {
    double number;
    if (!internal::ReadInteger(isolate, value, index, kLow, kHigh, &number)) return false;
    *out = static_cast<T>(number);
    return true;
  }
};
template <>
struct ArgumentReader<int32_t> : IntegerReader<int32_t, -2147483648.0, 2147483647.0> {};
template <>
struct ArgumentReader<uint32_t> : IntegerReader<uint32_t, 0.0, 4294967295.0> {};
template <>
struct ArgumentReader<uint8_t> : IntegerReader<uint8_t, 0.0, 255.0> {};
// A number that is a safe integer, or a BigInt of 64 bits.
template <>
struct ArgumentReader<int64_t> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, int64_t* out);
};
// A length or a position: a safe integer from 0.
template <>
struct ArgumentReader<uint64_t> : IntegerReader<uint64_t, 0.0, 9007199254740991.0> {};
template <>
struct ArgumentReader<double> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, double* out);
};
template <>
struct ArgumentReader<bool> {  // Any value, by its truth, as Node's bindings take it.
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int, bool* out) {
    *out = value->BooleanValue(isolate);
    return true;
  }
};
template <>
struct ArgumentReader<std::string> {  // A string, as UTF-8.
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, std::string* out);
};
template <>
struct ArgumentReader<Path> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, Path* out);
};
template <>
struct ArgumentReader<Bytes> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, Bytes* out);
};
template <>
struct ArgumentReader<HeldBytes> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, HeldBytes* out);
};

template <typename T, T kLow, T kHigh>
struct ArgumentReader<InRange<T, kLow, kHigh>> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, InRange<T, kLow, kHigh>* out) {
    double number;
    if (!internal::ReadInteger(isolate, value, index, static_cast<double>(kLow), static_cast<double>(kHigh), &number)) {
      return false;
    }
    out->value = static_cast<T>(number);
    return true;
  }
};

// undefined and null are nullopt.
template <typename T>
struct ArgumentReader<std::optional<T>> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, std::optional<T>* out) {
    if (value->IsNullOrUndefined()) return true;
    T read;
    if (!ArgumentReader<T>::Read(isolate, value, index, &read)) return false;
    out->emplace(std::move(read));
    return true;
  }
};

template <typename T>
struct HandleKind;
#define DV8_HANDLE_KIND(Type, Test, Expected)                            \
  template <>                                                            \
  struct HandleKind<v8::Type> {                                          \
    static bool Is(v8::Local<v8::Value> value) { return value->Test(); } \
    static constexpr const char* kExpected = Expected;                   \
  };
DV8_HANDLE_KIND(String, IsString, "of type string")
DV8_HANDLE_KIND(Name, IsName, "a string or a symbol")
DV8_HANDLE_KIND(Symbol, IsSymbol, "of type symbol")
DV8_HANDLE_KIND(BigInt, IsBigInt, "of type bigint")
DV8_HANDLE_KIND(Function, IsFunction, "of type function")
DV8_HANDLE_KIND(Object, IsObject, "of type object")
DV8_HANDLE_KIND(Array, IsArray, "an instance of Array")
DV8_HANDLE_KIND(Promise, IsPromise, "an instance of Promise")
DV8_HANDLE_KIND(ArrayBuffer, IsArrayBuffer, "an instance of ArrayBuffer")
DV8_HANDLE_KIND(ArrayBufferView, IsArrayBufferView, "an instance of ArrayBufferView")
DV8_HANDLE_KIND(Uint8Array, IsUint8Array, "an instance of Uint8Array")
DV8_HANDLE_KIND(Uint32Array, IsUint32Array, "an instance of Uint32Array")
DV8_HANDLE_KIND(Int32Array, IsInt32Array, "an instance of Int32Array")
DV8_HANDLE_KIND(Float64Array, IsFloat64Array, "an instance of Float64Array")
#undef DV8_HANDLE_KIND

template <typename T>
struct ArgumentReader<v8::Local<T>> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, v8::Local<T>* out) {
    if (!HandleKind<T>::Is(value)) {
      ThrowInvalidArgument(isolate, index, HandleKind<T>::kExpected, value);
      return false;
    }
    *out = value.As<T>();
    return true;
  }
};
template <>
struct ArgumentReader<v8::Local<v8::Value>> {
  static bool Read(v8::Isolate*, v8::Local<v8::Value> value, int, v8::Local<v8::Value>* out) {
    *out = value;
    return true;
  }
};

// An instance of a native class T (DV8_NATIVE_CLASS in native_object.h).
template <typename T>
  requires std::is_base_of_v<NativeObject, T>
struct ArgumentReader<T*> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, T** out) {
    *out = NativeObject::Cast<T>(value);
    if (*out != nullptr) return true;
    ThrowInvalidArgument(isolate, index, std::string("an instance of ") + T::kClass.name, value);
    return false;
  }
};

}  // namespace dv8
