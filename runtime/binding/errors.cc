#include "runtime/binding/errors.h"

#include "runtime/bindings/value.h"

namespace dv8 {
namespace {

// The text of a string as a message shows it: its start, in quotes.
std::string Quoted(v8::Isolate* isolate, v8::Local<v8::Value> string) {
  constexpr size_t kLongest = 28, kShown = 25;
  std::string text(Utf8(isolate, string).view());
  if (text.size() > kLongest) text = text.substr(0, kShown) + "...";
  if (text.find('\'') == std::string::npos) return "'" + text + "'";
  v8::Local<v8::String> quoted;
  if (!v8::JSON::Stringify(isolate->GetCurrentContext(), string).ToLocal(&quoted)) return "''";
  return std::string(Utf8(isolate, quoted).view());
}

// What Node's messages call a value: "null", "type number (1.5)", "an instance of Map".
std::string Described(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value->IsNull()) return "null";
  if (value->IsUndefined()) return "undefined";
  if (value->IsFunction()) return "function " + std::string(Utf8(isolate, value.As<v8::Function>()->GetName()).view());
  if (value->IsObject()) return "an instance of " + std::string(Utf8(isolate, value.As<v8::Object>()->GetConstructorName()).view());
  std::string detail;
  v8::Local<v8::String> text;
  if (value->IsString()) {
    detail = Quoted(isolate, value);
  } else if (value->ToDetailString(isolate->GetCurrentContext()).ToLocal(&text)) {
    detail = std::string(Utf8(isolate, text).view()) + (value->IsBigInt() ? "n" : "");
  }
  return "type " + std::string(Utf8(isolate, value->TypeOf(isolate)).view()) + " (" + detail + ")";
}

std::string ArgumentName(int index) { return "argument " + std::to_string(index + 1); }

}  // namespace

v8::Local<v8::Object> CodedError(v8::Isolate* isolate, ErrorKind kind, const char* code, std::string_view message) {
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, message).ToLocal(&text)) text = v8::String::Empty(isolate);
  v8::Local<v8::Value> error = kind == ErrorKind::kTypeError    ? v8::Exception::TypeError(text)
                               : kind == ErrorKind::kRangeError ? v8::Exception::RangeError(text)
                                                                : v8::Exception::Error(text);
  v8::Local<v8::Object> object = error.As<v8::Object>();
  object->Set(isolate->GetCurrentContext(), Internalized(isolate, "code"), FromUtf8(isolate, code).ToLocalChecked()).Check();
  return object;
}

void ThrowCoded(v8::Isolate* isolate, ErrorKind kind, const char* code, std::string_view message) {
  isolate->ThrowException(CodedError(isolate, kind, code, message));
}

void ThrowInvalidArgument(v8::Isolate* isolate, std::string_view name, std::string_view expected, v8::Local<v8::Value> received) {
  ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
             "The \"" + std::string(name) + "\" argument must be " + std::string(expected) + ". Received " + Described(isolate, received));
}

void ThrowInvalidArgument(v8::Isolate* isolate, int index, std::string_view expected, v8::Local<v8::Value> received) {
  ThrowInvalidArgument(isolate, ArgumentName(index), expected, received);
}

void ThrowOutOfRange(v8::Isolate* isolate, std::string_view name, std::string_view range, v8::Local<v8::Value> received) {
  v8::Local<v8::String> text;
  if (!received->ToDetailString(isolate->GetCurrentContext()).ToLocal(&text)) text = v8::String::Empty(isolate);
  ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE",
             "The value of \"" + std::string(name) + "\" is out of range. It must be " + std::string(range) + ". Received " +
                 std::string(Utf8(isolate, text).view()));
}

void ThrowOutOfRange(v8::Isolate* isolate, int index, std::string_view range, v8::Local<v8::Value> received) {
  ThrowOutOfRange(isolate, ArgumentName(index), range, received);
}

}  // namespace dv8
