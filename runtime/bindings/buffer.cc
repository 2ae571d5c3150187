// runtime/bindings/buffer.cc: internal:buffer, text to bytes and back.
//
// Encodings are numbers: 0 UTF-8, 1 UTF-16LE, 2 Latin-1, 3 ASCII, 4 hex, 5 base64, 6 base64url.
#include <simdutf.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

enum class Encoding { kUtf8, kUtf16, kLatin1, kAscii, kHex, kBase64, kBase64Url };

Encoding EncodingArg(const CallInfo& info, int index) {
  const uint32_t value = Uint32Arg(info, index);
  DV8_CHECK(value <= static_cast<uint32_t>(Encoding::kBase64Url));
  return static_cast<Encoding>(value);
}

// The part [start, end) of the view at info[0].
std::span<const uint8_t> PartArg(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  const auto start = static_cast<size_t>(Int64Arg(info, 1));
  const auto end = static_cast<size_t>(Int64Arg(info, 2));
  DV8_CHECK(start <= end && end <= bytes.size());
  return bytes.subspan(start, end - start);
}

std::string_view Chars(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Hex(std::span<const uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(bytes.size() * 2, '\0');
  for (size_t i = 0; i < bytes.size(); i++) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return text;
}

// decode(view, start, end, encoding) → string. Invalid UTF-8 becomes U+FFFD.
void Decode(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const std::span<const uint8_t> bytes = PartArg(info);
  v8::MaybeLocal<v8::String> text;
  switch (EncodingArg(info, 3)) {
    case Encoding::kUtf8:
      text = simdutf::validate_ascii(Chars(bytes).data(), bytes.size())
                 ? FromLatin1(isolate, Chars(bytes))
                 : FromUtf8(isolate, Chars(bytes));
      break;
    case Encoding::kUtf16: {
      // A copy: the part may begin at an odd address.
      std::vector<uint16_t> units(bytes.size() / 2);
      if (!units.empty()) std::memcpy(units.data(), bytes.data(), units.size() * 2);
      text = v8::String::NewFromTwoByte(isolate, units.data(), v8::NewStringType::kNormal,
                                        static_cast<int>(units.size()));
      break;
    }
    case Encoding::kLatin1: text = FromLatin1(isolate, Chars(bytes)); break;
    case Encoding::kAscii: {
      std::string ascii(Chars(bytes));
      for (char& c : ascii) c = static_cast<char>(c & 0x7f);
      text = FromLatin1(isolate, ascii);
      break;
    }
    case Encoding::kHex: text = FromLatin1(isolate, Hex(bytes)); break;
    case Encoding::kBase64:
    case Encoding::kBase64Url: {
      const auto options = EncodingArg(info, 3) == Encoding::kBase64 ? simdutf::base64_default
                                                                     : simdutf::base64_url;
      std::string out(simdutf::base64_length_from_binary(bytes.size(), options), '\0');
      simdutf::binary_to_base64(Chars(bytes).data(), bytes.size(), out.data(), options);
      text = FromLatin1(isolate, out);
      break;
    }
  }
  v8::Local<v8::String> value;
  if (text.ToLocal(&value)) info.GetReturnValue().Set(value);
}

size_t Utf8Length(v8::Isolate* isolate, v8::Local<v8::String> text) {
  return static_cast<size_t>(text->Utf8Length(isolate));
}

int HexDigit(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string OneByte(v8::Isolate* isolate, v8::Local<v8::String> text) {
  std::string out(static_cast<size_t>(text->Length()), '\0');
  text->WriteOneByte(isolate, reinterpret_cast<uint8_t*>(out.data()), 0, text->Length(),
                     v8::String::NO_NULL_TERMINATION);
  return out;
}

// Both alphabets, white space and missing padding are taken; decoding ends at the first "=".
std::string FromBase64(const std::string& text) {
  static const auto kValues = [] {
    std::array<int8_t, 256> values;
    values.fill(-1);
    static constexpr char kAlphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int8_t i = 0; i < 64; i++) values[static_cast<uint8_t>(kAlphabet[i])] = i;
    values['-'] = 62;
    values['_'] = 63;
    return values;
  }();
  std::string fast(simdutf::maximal_binary_length_from_base64(text.data(), text.size()), '\0');
  const simdutf::result result = simdutf::base64_to_binary(text.data(), text.size(), fast.data());
  if (result.error == simdutf::SUCCESS) {
    fast.resize(result.count);
    return fast;
  }
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=') break;
    const int value = kValues[static_cast<uint8_t>(c)];
    if (value < 0) continue;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xff));
    }
  }
  return out;
}

// The string's bytes, for encodings whose length is not known before.
std::string Encoded(v8::Isolate* isolate, v8::Local<v8::String> text, Encoding encoding) {
  const std::string chars = OneByte(isolate, text);
  if (encoding != Encoding::kHex) return FromBase64(chars);
  std::string out;
  for (size_t i = 0; i + 1 < chars.size(); i += 2) {
    const int high = HexDigit(static_cast<uint8_t>(chars[i]));
    const int low = HexDigit(static_cast<uint8_t>(chars[i + 1]));
    if (high < 0 || low < 0) break;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

// encode(string, encoding) → ArrayBuffer
void Encode(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> text = info[0].As<v8::String>();
  const Encoding encoding = EncodingArg(info, 1);
  const auto make = [&](size_t size) { return v8::ArrayBuffer::New(isolate, size); };
  v8::Local<v8::ArrayBuffer> buffer;
  switch (encoding) {
    case Encoding::kUtf8:
      buffer = make(Utf8Length(isolate, text));
      text->WriteUtf8(isolate, static_cast<char*>(buffer->Data()),
                      static_cast<int>(buffer->ByteLength()), nullptr,
                      v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
      break;
    case Encoding::kUtf16:
      buffer = make(static_cast<size_t>(text->Length()) * 2);
      text->Write(isolate, static_cast<uint16_t*>(buffer->Data()), 0, text->Length(),
                  v8::String::NO_NULL_TERMINATION);
      break;
    case Encoding::kLatin1:
    case Encoding::kAscii:
      buffer = make(static_cast<size_t>(text->Length()));
      text->WriteOneByte(isolate, static_cast<uint8_t*>(buffer->Data()), 0, text->Length(),
                         v8::String::NO_NULL_TERMINATION);
      break;
    case Encoding::kHex:
    case Encoding::kBase64:
    case Encoding::kBase64Url: {
      const std::string bytes = Encoded(isolate, text, encoding);
      buffer = make(bytes.size());
      if (!bytes.empty()) std::memcpy(buffer->Data(), bytes.data(), bytes.size());
      break;
    }
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
