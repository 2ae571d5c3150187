// Small conversions between C++ and JavaScript values, for the bindings.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/bindings/spec.h"
#include "v8.h"

namespace dv8 {

// UTF-8 of a JavaScript string, NUL-terminated. Lone surrogates become U+FFFD.
class Utf8 {
 public:
  Utf8(v8::Isolate* isolate, v8::Local<v8::Value> value) : value_(isolate, value) {}
  const char* c_str() const { return *value_ ? *value_ : ""; }
  std::string_view view() const { return {c_str(), static_cast<size_t>(value_.length())}; }

 private:
  v8::String::Utf8Value value_;
};

v8::Local<v8::String> Internalized(v8::Isolate* isolate, std::string_view ascii);
// Invalid UTF-8 becomes U+FFFD. Empty when the string is longer than V8 allows (a RangeError
// is then pending).
v8::MaybeLocal<v8::String> FromUtf8(v8::Isolate* isolate, std::string_view text);
// Each char is a code point below 256.
v8::MaybeLocal<v8::String> FromLatin1(v8::Isolate* isolate, std::string_view text);

void ReturnUtf8(const CallInfo& info, std::string_view text);

// The bytes of an ArrayBuffer, SharedArrayBuffer, TypedArray or DataView; empty for others.
// Valid until JavaScript runs again.
std::span<uint8_t> BytesOf(v8::Local<v8::Value> value);

// Whether the buffer can be transferred: it is not detached, and not WebAssembly's.
bool IsTransferable(v8::Local<v8::ArrayBuffer> buffer);

// Arguments that JavaScript has already checked; a wrong type is our bug.
int32_t Int32Arg(const CallInfo& info, int index);
uint32_t Uint32Arg(const CallInfo& info, int index);
int64_t Int64Arg(const CallInfo& info, int index);  // A number or a BigInt.
double NumberArg(const CallInfo& info, int index);
bool BoolArg(const CallInfo& info, int index);

// The stack of the JavaScript that runs now, as error.stack would show it, without its header.
std::string CurrentStack(v8::Isolate* isolate);

void ThrowTypeError(v8::Isolate* isolate, std::string_view message);
void ThrowRangeError(v8::Isolate* isolate, std::string_view message);

// The Error that Node makes of a libuv error: message "CODE: text, syscall 'path' -> 'dest'",
// with errno (negative), code, syscall and, when given, path and dest.
v8::Local<v8::Value> UvError(v8::Isolate* isolate, int rc, const char* syscall, const char* path = nullptr, const char* dest = nullptr);
void ThrowUvError(const CallInfo& info, int rc, const char* syscall, const char* path = nullptr, const char* dest = nullptr);

}  // namespace dv8
