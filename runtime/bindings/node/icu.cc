// internalBinding('icu'): TextDecoder for the encodings that lib/internal/encoding.js does not read itself,
// buffer.transcode(), and the width of text in a terminal.
//
// UTF-16 is read here; the encodings of East Asia are ICU's converters, whose tables a program has when it was
// packed with them (--icu). A decoder is an object of JavaScript: only between two chunks of a stream it owns a
// native converter, so that a TextDecoder that waits lies in a snapshot.
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/node/utf16_decoder.h"

namespace dv8::node {
namespace {

// Flags of lib/internal/encoding.js.
constexpr uint32_t kFlush = 1, kFatal = 2, kIgnoreBom = 4;

constexpr char kConverterClass[] = "icu.Converter";

// Internal fields of a decoder: its native converter while there is one, the encoding's name, flags, whether a BOM
// may not come any more, and what Utf16Decoder keeps.
enum Field { kNative, kName, kFlags, kBomSeen, kUtf16State, kFields };

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter OpenConverter(const std::string& name) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status)) return nullptr;
  // Some have U+001A for a single byte that is wrong, until they are given another character.
  const auto length = ucnv_getMinCharSize(converter.get());
  ucnv_setSubstChars(converter.get(), std::string(static_cast<size_t>(length), '?').c_str(), length, &status);
  return converter;
}

// Converters that nobody uses at the moment, by the name that they were opened with.
class IdleConverters {
 public:
  explicit IdleConverters(Environment*) {}
  Converter Take(const std::string& name, bool fatal) {
    Converter converter = std::move(idle_[name]);
    if (converter == nullptr) converter = OpenConverter(name);
    if (converter == nullptr) return nullptr;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_setToUCallBack(converter.get(), fatal ? UCNV_TO_U_CALLBACK_STOP : UCNV_TO_U_CALLBACK_SUBSTITUTE, nullptr, nullptr, nullptr,
                        &status);
    return converter;
  }
  void Return(const std::string& name, Converter converter) {
    ucnv_reset(converter.get());
    idle_[name] = std::move(converter);
  }

 private:
  std::map<std::string, Converter> idle_;
};

// The native part of a decoder in the middle of a stream.
class OpenStream final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(OpenStream, NativeObject)
  OpenStream(Environment* env, v8::Local<v8::Object> object, Converter held) : NativeObject(env, object), converter(std::move(held)) {}
  Converter converter;
};

// Appends the units of `bytes` to `out`. False for bytes that are not in the encoding, where that is an error.
bool Convert(UConverter* converter, std::span<const uint8_t> bytes, bool flush, std::vector<uint16_t>* out) {
  const auto* source = reinterpret_cast<const char*>(bytes.data());
  const char* end = source + bytes.size();
  size_t size = out->size();
  for (;;) {
    out->resize(size + static_cast<size_t>(end - source) + 32);
    auto* begin = reinterpret_cast<UChar*>(out->data());
    UChar* target = begin + size;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &target, begin + out->size(), &source, end, nullptr, flush, &status);
    size = static_cast<size_t>(target - begin);
    if (status == U_BUFFER_OVERFLOW_ERROR) continue;
    out->resize(size);
    return U_SUCCESS(status);
  }
}

std::optional<ByteOrder> Utf16Order(std::string_view name) {
  if (name == "utf-16le") return ByteOrder::kLittle;
  if (name == "utf-16be") return ByteOrder::kBig;
  return std::nullopt;
}

v8::MaybeLocal<v8::String> StringOfUnits(v8::Isolate* isolate, std::span<const uint16_t> units) {
  return StringOfBytes(isolate, {reinterpret_cast<const uint8_t*>(units.data()), units.size() * 2}, Encoding::kUcs2);
}

// The fields of a decoder.
class Decoder {
 public:
  Decoder(Environment* env, v8::Local<v8::Object> object) : env_(env), object_(object) {}

  std::string name() const { return std::string(Utf8Chars(env_->isolate(), Value(kName).As<v8::String>()).view()); }
  uint32_t flags() const { return Number(kFlags); }
  bool bom_seen() const { return Number(kBomSeen) != 0; }
  void set_bom_seen(bool seen) { Set(kBomSeen, seen ? 1 : 0); }

  bool Decode(std::span<const uint8_t> bytes, bool flush, std::vector<uint16_t>* out) {
    const std::string encoding = name();
    const bool fatal = (flags() & kFatal) != 0;
    const std::optional<ByteOrder> order = Utf16Order(encoding);
    return order.has_value() ? DecodeUtf16(*order, bytes, flush, fatal, out) : DecodeByIcu(encoding, bytes, flush, fatal, out);
  }
  bool is_unicode() const { return Utf16Order(name()).has_value(); }

 private:
  v8::Local<v8::Value> Value(Field field) const { return object_->GetInternalField(field).As<v8::Value>(); }
  uint32_t Number(Field field) const { return Value(field).As<v8::Uint32>()->Value(); }
  void Set(Field field, uint32_t value) { object_->SetInternalField(field, v8::Integer::NewFromUnsigned(env_->isolate(), value)); }

  bool DecodeUtf16(ByteOrder order, std::span<const uint8_t> bytes, bool flush, bool fatal, std::vector<uint16_t>* out) {
    Utf16Decoder decoder(order, Number(kUtf16State));
    const bool ok = decoder.Decode(bytes, flush, fatal, out);
    Set(kUtf16State, flush ? 0 : decoder.state());
    return ok;
  }
  bool DecodeByIcu(const std::string& encoding, std::span<const uint8_t> bytes, bool flush, bool fatal, std::vector<uint16_t>* out) {
    auto* stream = NativeObject::Cast<OpenStream>(object_);
    IdleConverters& idle = env_->State<IdleConverters>();
    Converter converter = stream != nullptr ? std::move(stream->converter) : idle.Take(encoding, fatal);
    if (converter == nullptr) return false;
    const bool ok = Convert(converter.get(), bytes, flush, out);
    if (flush) {
      delete stream;
      object_->SetInternalField(kNative, v8::Undefined(env_->isolate()));
      idle.Return(encoding, std::move(converter));
    } else if (stream != nullptr) {
      stream->converter = std::move(converter);
    } else {
      new OpenStream(env_, object_, std::move(converter));
    }
    return ok;
  }

  Environment* env_;
  v8::Local<v8::Object> object_;
};

bool HasConverter(std::string name) { return Utf16Order(name).has_value() || OpenConverter(name) != nullptr; }

// getConverter(encoding, flags) → a decoder, or undefined when the program has no tables for it.
v8::MaybeLocal<v8::Object> GetConverter(Environment* env, v8::Local<v8::String> name, uint32_t flags) {
  v8::Isolate* isolate = env->isolate();
  // The process that makes a snapshot has other tables than the program will have.
  const std::string encoding(Utf8Chars(isolate, name).view());
  const bool may_have = env->mode() != Environment::Mode::kRun && encoding != "replacement";
  if (!may_have && !HasConverter(encoding)) return {};
  v8::Local<v8::Object> object;
  if (!env->Kept(kConverterClass).As<v8::Function>()->NewInstance(env->context()).ToLocal(&object)) return {};
  const v8::Local<v8::Value> zero = v8::Integer::New(isolate, 0);
  object->SetInternalField(kName, name);
  object->SetInternalField(kFlags, v8::Integer::NewFromUnsigned(isolate, flags));
  object->SetInternalField(kBomSeen, zero);
  object->SetInternalField(kUtf16State, zero);
  return object;
}

bool IsDecoder(v8::Local<v8::Object> object) {
  return object->InternalFieldCount() == kFields && object->GetInternalField(kName)->IsValue() &&
         object->GetInternalField(kName).As<v8::Value>()->IsString();
}

// decode(decoder, bytes, flags, the encoding's name for the error)
v8::MaybeLocal<v8::String> Decode(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Value> input, uint32_t flags,
                                  std::string name) {
  v8::Isolate* isolate = env->isolate();
  if (!IsDecoder(object)) {
    ThrowInvalidArgument(isolate, 0, "an instance of Converter", object);
    return {};
  }
  if (!HeldBytes::CanHold(input)) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
               "The \"input\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.");
    return {};
  }
  const bool flush = (flags & kFlush) != 0;
  Decoder decoder(env, object);
  std::vector<uint16_t> units;
  const ReadBytes bytes(input);
  const bool ok = decoder.Decode(bytes.span(), flush, &units);
  std::span<const uint16_t> result(units);
  if (ok && !result.empty() && decoder.is_unicode() && (decoder.flags() & kIgnoreBom) == 0 && !decoder.bom_seen()) {
    if (result[0] == 0xfeff) result = result.subspan(1);
    decoder.set_bom_seen(true);
  }
  if (flush) decoder.set_bom_seen(false);
  if (ok) return StringOfUnits(isolate, result);
  ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_ENCODING_INVALID_ENCODED_DATA", "The encoded data was not valid for encoding " + name);
  return {};
}

v8::Local<v8::String> IcuErrorName(Environment* env, int32_t code) {
  return Internalized(env->isolate(), u_errorName(static_cast<UErrorCode>(code)));
}

bool CanTranscode(Encoding encoding) {
  return encoding == Encoding::kAscii || encoding == Encoding::kLatin1 || encoding == Encoding::kUcs2 || encoding == Encoding::kUtf8;
}

// The UTF-16 of bytes in one of those four encodings. `strict` refuses what is not UTF-8 or UTF-16; U+FFFD stands
// for it otherwise.
bool ToUtf16(std::span<const uint8_t> bytes, Encoding from, bool strict, std::vector<uint16_t>* out) {
  switch (from) {
    case Encoding::kUcs2: return Utf16Decoder(ByteOrder::kLittle).Decode(bytes, true, strict, out);
    case Encoding::kLatin1: out->assign(bytes.begin(), bytes.end()); return true;
    case Encoding::kAscii:
      for (const uint8_t byte : bytes) out->push_back(byte < 0x80 ? byte : 0xfffd);
      return true;
    default: break;
  }
  out->resize(bytes.size());
  UErrorCode status = U_ZERO_ERROR;
  int32_t length = 0;
  u_strFromUTF8WithSub(reinterpret_cast<UChar*>(out->data()), static_cast<int32_t>(out->size()), &length,
                       reinterpret_cast<const char*>(bytes.data()), static_cast<int32_t>(bytes.size()), strict ? U_SENTINEL : 0xfffd,
                       nullptr, &status);
  if (U_FAILURE(status)) return false;
  out->resize(static_cast<size_t>(length));
  return true;
}

void AppendUtf8(std::span<const uint16_t> units, std::vector<uint8_t>* out) {
  const size_t size = units.size();
  for (size_t i = 0; i < size;) {
    UChar32 c;
    U16_NEXT(units.data(), i, size, c);
    uint8_t bytes[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, U_IS_SURROGATE(c) ? 0xfffd : c);
    out->insert(out->end(), bytes, bytes + length);
  }
}

// With "?" for what the encoding does not have, but nothing for what is not seen anyway.
void FromUtf16(std::span<const uint16_t> units, Encoding to, std::vector<uint8_t>* out) {
  if (to == Encoding::kUtf8) return AppendUtf8(units, out);
  if (to == Encoding::kUcs2) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(units.data());
    out->assign(bytes, bytes + units.size() * 2);
    return;
  }
  const UChar32 limit = to == Encoding::kLatin1 ? 0xff : 0x7f;
  const size_t size = units.size();
  for (size_t i = 0; i < size;) {
    UChar32 c;
    U16_NEXT(units.data(), i, size, c);
    if (c > limit && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
    out->push_back(c <= limit ? static_cast<uint8_t>(c) : '?');
  }
}

// transcode(bytes, from, to) → a Buffer, or ICU's error number.
v8::MaybeLocal<v8::Value> Transcode(Environment* env, v8::Local<v8::Value> source, v8::Local<v8::Value> from_name,
                                    v8::Local<v8::Value> to_name) {
  v8::Isolate* isolate = env->isolate();
  Encoding from = EncodingOf(isolate, from_name, Encoding::kBuffer);
  const Encoding to = EncodingOf(isolate, to_name, Encoding::kBuffer);
  const auto error = [isolate](UErrorCode code) { return v8::Integer::New(isolate, code).As<v8::Value>(); };
  if (!CanTranscode(from) || !CanTranscode(to)) return error(U_ILLEGAL_ARGUMENT_ERROR);
  // Between Unicode's own two forms nothing is replaced.
  const bool strict = (from == Encoding::kUtf8 && to == Encoding::kUcs2) || (from == Encoding::kUcs2 && to == Encoding::kUtf8);
  if (from == Encoding::kAscii && to == Encoding::kUcs2) from = Encoding::kLatin1;
  const ReadBytes bytes(source);
  if (bytes.size() > static_cast<size_t>(INT32_MAX)) return error(U_ILLEGAL_ARGUMENT_ERROR);
  std::span<const uint8_t> part = bytes.span();
  // Half a unit is ignored.
  if (from == Encoding::kUcs2 && to != Encoding::kUcs2) part = part.first(part.size() / 2 * 2);
  std::vector<uint16_t> units;
  if (!ToUtf16(part, from, strict, &units) || (strict && units.empty())) return error(U_INVALID_CHAR_FOUND);
  std::vector<uint8_t> out;
  FromUtf16(units, to, &out);
  return CopyToBuffer(env, out).FromMaybe(v8::Local<v8::Uint8Array>());
}

// The columns of a character in a terminal (Unicode's UAX #11), as wcwidth() counts them.
int ColumnsOf(UChar32 c, bool ambiguous_is_wide) {
  switch (u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_FULLWIDTH:
    case U_EA_WIDE: return 2;
    case U_EA_AMBIGUOUS:
      if (ambiguous_is_wide) return 2;
      [[fallthrough]];
    case U_EA_NEUTRAL:
      if (u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION)) return 2;
      break;
    default: break;
  }
  constexpr uint32_t kZeroWidth = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ME_MASK | U_GC_MN_MASK;
  constexpr UChar32 kSoftHyphen = 0xad;
  const bool zero = (U_MASK(u_charType(c)) & kZeroWidth) != 0 || u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER);
  return zero && c != kSoftHyphen ? 0 : 1;
}

// getStringWidth(string, ambiguousAsFullWidth, expandEmojiSequence)
uint32_t GetStringWidth(Environment* env, v8::Local<v8::String> text, v8::Local<v8::Value> ambiguous, v8::Local<v8::Value> expand) {
  const bool ambiguous_is_wide = ambiguous->IsTrue();
  const bool expands = !expand->IsBoolean() || expand->IsTrue();
  std::vector<uint16_t> units(static_cast<size_t>(text->Length()));
  text->WriteV2(env->isolate(), 0, static_cast<uint32_t>(units.size()), units.data());
  constexpr UChar32 kZeroWidthJoiner = 0x200d;
  const size_t size = units.size();
  UChar32 c = 0;
  int width = 0;
  for (size_t i = 0; i < size;) {
    const UChar32 before = c;
    U16_NEXT(units.data(), i, size, c);
    if (!expands && before == kZeroWidthJoiner &&
        (u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) || u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER))) {
      continue;
    }
    width += ColumnsOf(c, ambiguous_is_wide);
  }
  return static_cast<uint32_t>(width);
}

// An empty object: GetConverter() fills it.
void ConstructConverter(const CallInfo&) {}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Local<v8::String> key = Internalized(env->isolate(), "Converter");
  env->Keep(kConverterClass, target->Get(env->context(), key).ToLocalChecked());
  target->Delete(env->context(), key).Check();
}

constexpr FunctionSpec kFunctions[] = {
    Typed<Decode>("decode"),
    Typed<GetConverter>("getConverter"),
    Typed<GetStringWidth>("getStringWidth"),
    Typed<HasConverter>("hasConverter"),
    Typed<IcuErrorName>("icuErrName"),
    Typed<Transcode>("transcode"),
};
constexpr ClassSpec kClasses[] = {{"Converter", ConstructConverter, {}, kFields}};

}  // namespace

extern const BindingSpec kNodeIcu;
constexpr BindingSpec kNodeIcu{"icu", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
