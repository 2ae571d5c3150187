#include "runtime/binding/errors.h"

#include "runtime/bindings/value.h"

namespace dv8 {
namespace {

// What Node's messages call a value: "null", "type number (1.5)", "an instance of Map".
std::string Described(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value->IsNull()) return "null";
  if (value->IsUndefined()) return "undefined";
  if (value->IsFunction()) return "function";
  if (value->IsObject()) return "an instance of " + std::string(Utf8(isolate, value.As<v8::Object>()->GetConstructorName()).view());
  const Utf8 type(isolate, value->TypeOf(isolate));
  std::string text = "type " + std::string(type.view());
  v8::Local<v8::String> detail;
  if (!value->IsSymbol() && value->ToString(isolate->GetCurrentContext()).ToLocal(&detail)) {
    constexpr size_t kShown = 25;
    const Utf8 shown(isolate, detail);
    text += " (" + std::string(shown.view().substr(0, kShown)) + (shown.view().size() > kShown ? "...)" : ")");
  }
  return text;
}

std::string ArgumentName(int index) { return "\"argument " + std::to_string(index + 1) + "\""; }

}  // namespace

v8::Local<v8::Object> CodedError(v8::Isolate* isolate, ErrorKind kind, const char* code,
                                 std::string_view message) {
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, message).ToLocal(&text)) text = v8::String::Empty(isolate);
  v8::Local<v8::Value> error = kind == ErrorKind::kTypeError    ? v8::Exception::TypeError(text)
                               : kind == ErrorKind::kRangeError ? v8::Exception::RangeError(text)
                                                                : v8::Exception::Error(text);
  v8::Local<v8::Object> object = error.As<v8::Object>();
  object
      ->Set(isolate->GetCurrentContext(), Internalized(isolate, "code"),
            FromUtf8(isolate, code).ToLocalChecked())
      .Check();
  return object;
}

void ThrowCoded(v8::Isolate* isolate, ErrorKind kind, const char* code, std::string_view message) {
  isolate->ThrowException(CodedError(isolate, kind, code, message));
}

void ThrowInvalidArgument(v8::Isolate* isolate, int index, std::string_view expected,
                          v8::Local<v8::Value> received) {
  ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
             "The " + ArgumentName(index) + " argument must be " + std::string(expected) +
                 ". Received " + Described(isolate, received));
}

void ThrowOutOfRange(v8::Isolate* isolate, int index, std::string_view range,
                     v8::Local<v8::Value> received) {
  const Utf8 text(isolate, received->IsSymbol() ? v8::String::Empty(isolate).As<v8::Value>() : received);
  ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE",
             "The value of " + ArgumentName(index) + " is out of range. It must be " +
                 std::string(range) + ". Received " + std::string(text.view()));
}

}  // namespace dv8
