#include "runtime/bindings/value.h"

#include <uv.h>

#include <cmath>

#include "runtime/core/check.h"

namespace dv8 {

v8::Local<v8::String> Internalized(v8::Isolate* isolate, std::string_view ascii) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(ascii.data()), v8::NewStringType::kInternalized,
                                    static_cast<int>(ascii.size()))
      .ToLocalChecked();
}

namespace {

// V8 takes lengths as int, and its own limit lies below that.
bool ThrowWhenTooLong(v8::Isolate* isolate, size_t size) {
  if (size <= static_cast<size_t>(v8::String::kMaxLength)) return false;
  ThrowRangeError(isolate, "Cannot create a string longer than 0x1fffffe8 characters");
  return true;
}

}  // namespace

v8::MaybeLocal<v8::String> FromUtf8(v8::Isolate* isolate, std::string_view text) {
  if (ThrowWhenTooLong(isolate, text.size())) return {};
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, static_cast<int>(text.size()));
}

v8::MaybeLocal<v8::String> FromLatin1(v8::Isolate* isolate, std::string_view text) {
  if (ThrowWhenTooLong(isolate, text.size())) return {};
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(text.data()), v8::NewStringType::kNormal,
                                    static_cast<int>(text.size()));
}

void ReturnUtf8(const CallInfo& info, std::string_view text) {
  v8::Local<v8::String> string;
  if (FromUtf8(info.GetIsolate(), text).ToLocal(&string)) info.GetReturnValue().Set(string);
}

std::span<uint8_t> BytesOf(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) {
    auto view = value.As<v8::ArrayBufferView>();
    auto* data = static_cast<uint8_t*>(view->Buffer()->Data());
    // A zero-length view may have no memory behind it.
    if (data == nullptr) return {};
    return {data + view->ByteOffset(), view->ByteLength()};
  }
  if (value->IsArrayBuffer()) {
    auto buffer = value.As<v8::ArrayBuffer>();
    return {static_cast<uint8_t*>(buffer->Data()), buffer->ByteLength()};
  }
  if (value->IsSharedArrayBuffer()) {
    auto buffer = value.As<v8::SharedArrayBuffer>();
    return {static_cast<uint8_t*>(buffer->Data()), buffer->ByteLength()};
  }
  return {};
}

bool IsTransferable(v8::Local<v8::ArrayBuffer> buffer) { return buffer->IsDetachable() && !buffer->WasDetached(); }

int32_t Int32Arg(const CallInfo& info, int index) {
  const int64_t value = Int64Arg(info, index);  // -0 is no Int32 of V8's.
  DV8_CHECK(value >= INT32_MIN && value <= INT32_MAX);
  return static_cast<int32_t>(value);
}

uint32_t Uint32Arg(const CallInfo& info, int index) {
  const int64_t value = Int64Arg(info, index);
  DV8_CHECK(value >= 0 && value <= UINT32_MAX);
  return static_cast<uint32_t>(value);
}

int64_t Int64Arg(const CallInfo& info, int index) {
  v8::Local<v8::Value> value = info[index];
  if (value->IsBigInt()) return value.As<v8::BigInt>()->Int64Value();
  DV8_CHECK(value->IsNumber());
  const double number = value.As<v8::Number>()->Value();
  DV8_CHECK(std::fabs(number) <= 9007199254740992.0);
  return static_cast<int64_t>(number);
}

double NumberArg(const CallInfo& info, int index) {
  DV8_CHECK(info[index]->IsNumber());
  return info[index].As<v8::Number>()->Value();
}

bool BoolArg(const CallInfo& info, int index) { return info[index]->IsTrue(); }

std::string CurrentStack(v8::Isolate* isolate) {
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> error = v8::Exception::Error(v8::String::Empty(isolate));
  v8::Local<v8::Value> stack;
  if (!error.As<v8::Object>()->Get(isolate->GetCurrentContext(), Internalized(isolate, "stack")).ToLocal(&stack)) {
    return "";
  }
  const Utf8 text(isolate, stack);
  const size_t header = text.view().find('\n');
  return header == std::string_view::npos ? "" : std::string(text.view().substr(header + 1));
}

void ThrowTypeError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::TypeError(FromUtf8(isolate, message).ToLocalChecked()));
}

void ThrowRangeError(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::RangeError(FromUtf8(isolate, message).ToLocalChecked()));
}

v8::Local<v8::Value> UvError(v8::Isolate* isolate, int rc, const char* syscall, const char* path, const char* dest) {
  std::string message = std::string(uv_err_name(rc)) + ": " + uv_strerror(rc) + ", " + syscall;
  if (path != nullptr) message += std::string(" '") + path + "'";
  if (dest != nullptr) message += std::string(" -> '") + dest + "'";
  v8::Local<v8::Object> error = v8::Exception::Error(FromUtf8(isolate, message).ToLocalChecked()).As<v8::Object>();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto set = [&](const char* key, v8::Local<v8::Value> value) { error->Set(context, Internalized(isolate, key), value).Check(); };
  set("errno", v8::Integer::New(isolate, rc));
  set("code", FromUtf8(isolate, uv_err_name(rc)).ToLocalChecked());
  set("syscall", FromUtf8(isolate, syscall).ToLocalChecked());
  if (path != nullptr) set("path", FromUtf8(isolate, path).ToLocalChecked());
  if (dest != nullptr) set("dest", FromUtf8(isolate, dest).ToLocalChecked());
  return error;
}

void ThrowUvError(const CallInfo& info, int rc, const char* syscall, const char* path, const char* dest) {
  v8::Isolate* isolate = info.GetIsolate();
  isolate->ThrowException(UvError(isolate, rc, syscall, path, dest));
}

}  // namespace dv8
