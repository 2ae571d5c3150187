// runtime/bindings/buffer.cc: internal:buffer, text to bytes and back.
#include <cstring>
#include <iterator>
#include <span>

#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

using node::Encoding;

// By the numbers that stdlib-js gives.
constexpr Encoding kEncodings[] = {Encoding::kUtf8, Encoding::kUcs2,   Encoding::kLatin1,   Encoding::kAscii,
                                   Encoding::kHex,  Encoding::kBase64, Encoding::kBase64Url};

Encoding EncodingArg(const CallInfo& info, int index) {
  const uint32_t number = Uint32Arg(info, index);
  DV8_CHECK(number < std::size(kEncodings));
  return kEncodings[number];
}

// The part [start, end) of the view at info[0].
std::span<const uint8_t> PartArg(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  const auto start = static_cast<size_t>(Int64Arg(info, 1));
  const auto end = static_cast<size_t>(Int64Arg(info, 2));
  DV8_CHECK(start <= end && end <= bytes.size());
  return bytes.subspan(start, end - start);
}

// decode(view, start, end, encoding) → string. Invalid UTF-8 becomes U+FFFD.
void Decode(const CallInfo& info) {
  v8::Local<v8::String> text;
  if (node::StringOfBytes(info.GetIsolate(), PartArg(info), EncodingArg(info, 3)).ToLocal(&text)) info.GetReturnValue().Set(text);
}

// encode(string, encoding) → ArrayBuffer
void Encode(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::String> text = info[0].As<v8::String>();
  const Encoding encoding = EncodingArg(info, 1);
  const size_t size = node::SizeOfString(isolate, text, encoding);
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, size);
  const size_t written = node::WriteString(isolate, text, {static_cast<uint8_t*>(buffer->Data()), size}, encoding);
  if (written < size) {  // The size of base64 and of digits that are none is a bound.
    v8::Local<v8::ArrayBuffer> shorter = v8::ArrayBuffer::New(isolate, written);
    if (written > 0) std::memcpy(shorter->Data(), buffer->Data(), written);
    buffer = shorter;
  }
  info.GetReturnValue().Set(buffer);
}

constexpr FunctionSpec kFunctions[] = {
    {"decode", Decode},
    {"encode", Encode},
};

}  // namespace

extern const BindingSpec kBuffer;
constexpr BindingSpec kBuffer{"buffer", kFunctions};

}  // namespace dv8
