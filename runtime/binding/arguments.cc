#include "runtime/binding/arguments.h"

namespace dv8 {
namespace {

// A path or a text is mostly short ASCII: no copy between V8's and ours.
std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> string) {
  std::string text(string->Utf8LengthV2(isolate), '\0');
  string->WriteUtf8V2(isolate, text.data(), text.size(), v8::String::WriteFlags::kReplaceInvalidUtf8);
  return text;
}

}  // namespace

namespace internal {

bool ReadInteger(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, double low, double high, double* out) {
  if (!value->IsNumber()) {
    ThrowInvalidArgument(isolate, index, "of type number", value);
    return false;
  }
  const double number = value.As<v8::Number>()->Value();
  if (!(number >= low && number <= high) || std::trunc(number) != number) {
    char range[80];
    std::snprintf(range, sizeof(range), "an integer >= %.0f && <= %.0f", low, high);
    ThrowOutOfRange(isolate, index, range, value);
    return false;
  }
  *out = number;
  return true;
}

}  // namespace internal

bool ArgumentReader<int64_t>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, int64_t* out) {
  if (value->IsBigInt()) {
    bool exact = false;
    *out = value.As<v8::BigInt>()->Int64Value(&exact);
    if (!exact) ThrowOutOfRange(isolate, index, ">= -(2n ** 63n) && < 2n ** 63n", value);
    return exact;
  }
  double number;
  if (!internal::ReadInteger(isolate, value, index, -9007199254740991.0, 9007199254740991.0, &number)) {
    return false;
  }
  *out = static_cast<int64_t>(number);
  return true;
}

bool ArgumentReader<double>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, double* out) {
  if (!value->IsNumber()) {
    ThrowInvalidArgument(isolate, index, "of type number", value);
    return false;
  }
  *out = value.As<v8::Number>()->Value();
  return true;
}

bool ArgumentReader<std::string>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, std::string* out) {
  if (!value->IsString()) {
    ThrowInvalidArgument(isolate, index, "of type string", value);
    return false;
  }
  *out = ToUtf8(isolate, value.As<v8::String>());
  return true;
}

bool ArgumentReader<Path>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, Path* out) {
  if (value->IsString()) {
    out->value = ToUtf8(isolate, value.As<v8::String>());
  } else if (value->IsUint8Array()) {
    const std::span<uint8_t> bytes = BytesOf(value);
    out->value.assign(bytes.begin(), bytes.end());
  } else {
    ThrowInvalidArgument(isolate, index, "of type string or an instance of Buffer or URL", value);
    return false;
  }
  if (out->value.find('\0') != std::string::npos) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", "The path must be without null bytes");
    return false;
  }
  return true;
}

bool ArgumentReader<Bytes>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, Bytes* out) {
  if (!HeldBytes::CanHold(value)) {
    ThrowInvalidArgument(isolate, index, "an instance of ArrayBuffer or ArrayBufferView", value);
    return false;
  }
  out->span = BytesOf(value);
  return true;
}

bool ArgumentReader<HeldBytes>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, HeldBytes* out) {
  if (!HeldBytes::CanHold(value)) {
    ThrowInvalidArgument(isolate, index, "an instance of ArrayBuffer or ArrayBufferView", value);
    return false;
  }
  *out = HeldBytes(isolate, value);
  return true;
}

}  // namespace dv8
