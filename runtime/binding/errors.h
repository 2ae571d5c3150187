// Exceptions with Node's codes, for bindings.
#pragma once

#include <string>
#include <string_view>

#include "runtime/bindings/spec.h"
#include "v8.h"

namespace dv8 {

enum class ErrorKind { kError, kTypeError, kRangeError };

// An exception of `kind` with `message` and the property `code` ("ERR_INVALID_ARG_TYPE").
v8::Local<v8::Object> CodedError(v8::Isolate* isolate, ErrorKind kind, const char* code, std::string_view message);
void ThrowCoded(v8::Isolate* isolate, ErrorKind kind, const char* code, std::string_view message);

// ERR_INVALID_ARG_TYPE: 'The "argument 2" argument must be of type string. Received null'.
// `index` counts from 0.
void ThrowInvalidArgument(v8::Isolate* isolate, int index, std::string_view expected, v8::Local<v8::Value> received);
void ThrowInvalidArgument(v8::Isolate* isolate, std::string_view name, std::string_view expected, v8::Local<v8::Value> received);
// ERR_OUT_OF_RANGE, likewise: `range` as in ">= 0 && <= 65535".
void ThrowOutOfRange(v8::Isolate* isolate, int index, std::string_view range, v8::Local<v8::Value> received);
void ThrowOutOfRange(v8::Isolate* isolate, std::string_view name, std::string_view range, v8::Local<v8::Value> received);

// A libuv error that a binding's function gives back instead of its result: becomes UvError() of
// value.h. `path` and `dest` are left out when empty.
struct UvFailure {
  int rc;
  const char* syscall;
  std::string path = {};
  std::string dest = {};
};

}  // namespace dv8
