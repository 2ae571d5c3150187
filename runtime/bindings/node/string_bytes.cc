#include "runtime/bindings/node/string_bytes.h"

#include <simdutf.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "runtime/binding/errors.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

// From this size on, V8 would map pages for a string alone, and unmap them when it dies: memory of malloc's, which
// is used again, costs less.
constexpr size_t kExternalSize = 1 << 17;

v8::MaybeLocal<v8::String> TooLong(v8::Isolate* isolate) {
  ThrowCoded(isolate, ErrorKind::kError, "ERR_STRING_TOO_LONG", "Cannot create a string longer than 0x1fffffe8 characters");
  return {};
}

bool IsTooLong(size_t length) { return length > static_cast<size_t>(v8::String::kMaxLength); }

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
template <typename Char>
using Chars = std::unique_ptr<Char[], Free>;

// Characters outside of the heap. The isolate is told of their size while the string lives.
template <typename Base, typename Char>
class External final : public Base {
 public:
  External(v8::Isolate* isolate, Chars<Char> chars, size_t length) : isolate_(isolate), chars_(std::move(chars)), length_(length) {
    isolate_->AdjustAmountOfExternalAllocatedMemory(Size());
  }
  ~External() override { isolate_->AdjustAmountOfExternalAllocatedMemory(-Size()); }
  const Char* data() const override { return chars_.get(); }
  size_t length() const override { return length_; }

 private:
  int64_t Size() const { return static_cast<int64_t>(length_ * sizeof(Char)); }

  v8::Isolate* isolate_;
  Chars<Char> chars_;
  size_t length_;
};
using ExternalOneByte = External<v8::String::ExternalOneByteStringResource, char>;
using ExternalTwoByte = External<v8::String::ExternalStringResource, uint16_t>;

v8::MaybeLocal<v8::String> Adopt(v8::Isolate* isolate, Chars<char> chars, size_t length) {
  return v8::String::NewExternalOneByte(isolate, new ExternalOneByte(isolate, std::move(chars), length));
}
v8::MaybeLocal<v8::String> Adopt(v8::Isolate* isolate, Chars<uint16_t> chars, size_t length) {
  return v8::String::NewExternalTwoByte(isolate, new ExternalTwoByte(isolate, std::move(chars), length));
}

template <typename Char>
v8::MaybeLocal<v8::String> Copy(v8::Isolate* isolate, const Char* chars, size_t length) {
  if (IsTooLong(length)) return TooLong(isolate);
  if (length >= kExternalSize / sizeof(Char)) {
    if (Chars<Char> copy{static_cast<Char*>(std::malloc(length * sizeof(Char)))}) {
      std::memcpy(copy.get(), chars, length * sizeof(Char));
      return Adopt(isolate, std::move(copy), length);
    }
  }
  if constexpr (sizeof(Char) == 1) {
    return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(chars), v8::NewStringType::kNormal,
                                      static_cast<int>(length));
  } else {
    return v8::String::NewFromTwoByte(isolate, chars, v8::NewStringType::kNormal, static_cast<int>(length));
  }
}

// A string of at most `limit` characters: `fill` writes them and returns how many, or nothing for
// "not this way", which is then the result of all. Sets `*made` otherwise.
template <typename Char, typename Fill>
v8::MaybeLocal<v8::String> Make(v8::Isolate* isolate, size_t limit, bool* made, const Fill& fill) {
  constexpr size_t kOnStack = 4096 / sizeof(Char);
  Char stack[kOnStack];
  Chars<Char> heap;
  if (limit > kOnStack) {
    heap.reset(static_cast<Char*>(std::malloc(limit * sizeof(Char))));
    if (heap == nullptr) {
      *made = true;
      return TooLong(isolate);
    }
  }
  Char* chars = heap == nullptr ? stack : heap.get();
  size_t length = 0;
  *made = fill(chars, &length);
  if (!*made) return {};
  if (IsTooLong(length)) return TooLong(isolate);
  if (heap == nullptr || length < kExternalSize / sizeof(Char)) return Copy(isolate, chars, length);
  if (length < limit / 4 * 3) {
    if (void* smaller = std::realloc(heap.get(), length * sizeof(Char))) {
      (void)heap.release();
      heap.reset(static_cast<Char*>(smaller));
    }
  }
  return Adopt(isolate, std::move(heap), length);
}

// The same where `fill` writes exactly `length` characters.
template <typename Char, typename Fill>
v8::MaybeLocal<v8::String> MakeExact(v8::Isolate* isolate, size_t length, const Fill& fill) {
  if (IsTooLong(length)) return TooLong(isolate);
  bool made;
  return Make<Char>(isolate, length, &made, [&fill, length](Char* out, size_t* count) {
    fill(out);
    *count = length;
    return true;
  });
}

v8::MaybeLocal<v8::String> StringOfUtf8(v8::Isolate* isolate, const char* chars, size_t size) {
  const simdutf::result ascii = simdutf::validate_ascii_with_errors(chars, size);
  if (ascii.error == simdutf::SUCCESS) return Copy(isolate, chars, size);
  // Below this size V8's own decoder is as fast; above the second one a character may need fewer units
  // than bytes, so that memory for the worst case would be a waste.
  constexpr size_t kSmall = 32, kLarge = 1 << 20;
  bool made = false;
  v8::MaybeLocal<v8::String> text;
  if (size >= kSmall && size <= kLarge) {
    // A string whose characters are below 256 takes half the memory. The conversion ends at the first
    // that is not: mostly the first that is not of ASCII tells.
    constexpr uint8_t kLastOfLatin1 = 0xc3;
    if (static_cast<uint8_t>(chars[ascii.count]) <= kLastOfLatin1) {
      text = Make<char>(isolate, size, &made, [chars, size](char* out, size_t* count) {
        const simdutf::result result = simdutf::convert_utf8_to_latin1_with_errors(chars, size, out);
        *count = result.count;
        return result.error == simdutf::SUCCESS;
      });
      if (made) return text;
    }
    text = Make<uint16_t>(isolate, size, &made, [chars, size](uint16_t* out, size_t* count) {
      const simdutf::result result = simdutf::convert_utf8_to_utf16le_with_errors(chars, size, reinterpret_cast<char16_t*>(out));
      *count = result.count;
      return result.error == simdutf::SUCCESS;
    });
    if (made) return text;
  } else if (size > kLarge && simdutf::validate_utf8(chars, size)) {
    const size_t length = simdutf::utf16_length_from_utf8(chars, size);
    return MakeExact<uint16_t>(isolate, length, [chars, size](uint16_t* out) {
      (void)simdutf::convert_valid_utf8_to_utf16le(chars, size, reinterpret_cast<char16_t*>(out));
    });
  }
  if (IsTooLong(size)) return TooLong(isolate);
  return v8::String::NewFromUtf8(isolate, chars, v8::NewStringType::kNormal, static_cast<int>(size));
}

v8::MaybeLocal<v8::String> StringOfUcs2(v8::Isolate* isolate, const uint8_t* bytes, size_t size) {
  const size_t length = size / 2;
  if (reinterpret_cast<uintptr_t>(bytes) % 2 == 0) {
    return Copy(isolate, reinterpret_cast<const uint16_t*>(bytes), length);
  }
  return MakeExact<uint16_t>(isolate, length, [=](uint16_t* out) { std::memcpy(out, bytes, length * 2); });
}

v8::MaybeLocal<v8::String> StringOfAscii(v8::Isolate* isolate, const char* chars, size_t size) {
  if (simdutf::validate_ascii(chars, size)) return Copy(isolate, chars, size);
  return MakeExact<char>(isolate, size, [=](char* out) {
    for (size_t i = 0; i < size; i++) out[i] = static_cast<char>(chars[i] & 0x7f);
  });
}

// Sixteen bytes of x86-64 or arm64 at once, by the compiler's vectors.
using Vector = uint8_t __attribute__((vector_size(16)));

Vector HexDigits(Vector nibbles) {
  constexpr uint8_t kZero = '0', kToLetters = 'a' - '0' - 10, kNine = 9;
  return nibbles + kZero + (reinterpret_cast<Vector>(nibbles > kNine) & kToLetters);
}

void WriteHex(const uint8_t* bytes, size_t size, char* out) {
  size_t i = 0;
  for (; i + sizeof(Vector) <= size; i += sizeof(Vector)) {
    Vector block;
    std::memcpy(&block, bytes + i, sizeof(block));
    constexpr uint8_t kBits = 4, kLow = 15;
    const Vector high = HexDigits(block >> kBits), low = HexDigits(block & kLow);
    const Vector first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const Vector second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    std::memcpy(out + 2 * i, &first, sizeof(first));
    std::memcpy(out + 2 * i + sizeof(first), &second, sizeof(second));
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  for (; i < size; i++) {
    out[2 * i] = kDigits[bytes[i] >> 4];
    out[2 * i + 1] = kDigits[bytes[i] & 15];
  }
}

v8::MaybeLocal<v8::String> StringOfBase64(v8::Isolate* isolate, const char* chars, size_t size, simdutf::base64_options options) {
  const size_t length = simdutf::base64_length_from_binary(size, options);
  return MakeExact<char>(isolate, length, [=](char* out) { (void)simdutf::binary_to_base64(chars, size, out, options); });
}

constexpr std::array<int8_t, 256> kBase64Values = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int8_t i = 0; i < 64; i++) values[static_cast<uint8_t>(kAlphabet[i])] = i;
  values['-'] = 62;
  values['_'] = 63;
  return values;
}();

constexpr std::array<int8_t, 256> kHexValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (int8_t i = 0; i < 10; i++) values[static_cast<size_t>('0' + i)] = i;
  for (int8_t i = 0; i < 6; i++) values[static_cast<size_t>('a' + i)] = values[static_cast<size_t>('A' + i)] = static_cast<int8_t>(10 + i);
  return values;
}();

// Both alphabets, with anything in between, until the first "=" or the end of `out`.
template <typename Char>
size_t DecodeLooseBase64(const Char* chars, size_t length, std::span<uint8_t> out) {
  uint32_t bits = 0;
  int count = 0;
  size_t written = 0;
  for (size_t i = 0; i < length && written < out.size(); i++) {
    const auto c = static_cast<uint8_t>(chars[i]);
    const int8_t value = kBase64Values[c];
    if (value < 0) {
      if (c == '=') break;
      continue;
    }
    bits = (bits << 6) | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[written++] = static_cast<uint8_t>(bits >> count);
    }
  }
  return written;
}

template <typename Char>
size_t DecodeBase64(const Char* chars, size_t length, std::span<uint8_t> out, simdutf::base64_options options) {
  size_t written = out.size();
  const simdutf::result result = simdutf::base64_to_binary_safe(chars, length, reinterpret_cast<char*>(out.data()), written, options);
  return result.error == simdutf::SUCCESS ? written : DecodeLooseBase64(chars, length, out);
}

template <typename Char>
size_t DecodeHex(const Char* chars, size_t length, std::span<uint8_t> out) {
  const size_t size = std::min(out.size(), length / 2);
  for (size_t i = 0; i < size; i++) {
    const int high = kHexValues[static_cast<uint8_t>(chars[2 * i])], low = kHexValues[static_cast<uint8_t>(chars[2 * i + 1])];
    if ((high | low) < 0) return i;
    out[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return size;
}

size_t WriteUtf8(v8::Isolate* isolate, v8::Local<v8::String> text, std::span<uint8_t> out) {
  char* chars = reinterpret_cast<char*>(out.data());
  {
    const v8::String::ValueView view(isolate, text);
    const size_t length = view.length();
    if (view.is_one_byte()) {
      return simdutf::convert_latin1_to_utf8_safe(reinterpret_cast<const char*>(view.data8()), length, chars, out.size());
    }
    const auto* units = reinterpret_cast<const char16_t*>(view.data16());
    if (out.size() / 3 >= length || out.size() >= simdutf::utf8_length_from_utf16le(units, length)) {
      const simdutf::result result = simdutf::convert_utf16le_to_utf8_with_errors(units, length, chars);
      if (result.error == simdutf::SUCCESS) return result.count;
    }
  }
  // Lone surrogates, or not all of it fits.
  return text->WriteUtf8V2(isolate, chars, out.size(), v8::String::WriteFlags::kReplaceInvalidUtf8);
}

size_t WriteUcs2(const v8::String::ValueView& view, std::span<uint8_t> out) {
  const size_t length = std::min<size_t>(view.length(), out.size() / 2);
  if (!view.is_one_byte()) {
    std::memcpy(out.data(), view.data16(), length * 2);
  } else {
    for (size_t i = 0; i < length; i++) {
      const uint16_t unit = view.data8()[i];
      std::memcpy(out.data() + 2 * i, &unit, 2);
    }
  }
  return length * 2;
}

size_t WriteLatin1(const v8::String::ValueView& view, std::span<uint8_t> out) {
  const size_t length = std::min<size_t>(view.length(), out.size());
  if (view.is_one_byte()) {
    std::memcpy(out.data(), view.data8(), length);
  } else {
    for (size_t i = 0; i < length; i++) out[i] = static_cast<uint8_t>(view.data16()[i]);
  }
  return length;
}

template <typename Char>
size_t WriteCoded(const Char* chars, size_t length, std::span<uint8_t> out, Encoding encoding) {
  if (encoding == Encoding::kHex) return DecodeHex(chars, length, out);
  using Unit = std::conditional_t<sizeof(Char) == 1, char, char16_t>;
  return DecodeBase64(reinterpret_cast<const Unit*>(chars), length, out,
                      encoding == Encoding::kBase64 ? simdutf::base64_default : simdutf::base64_url);
}

// The prototype, so that not each new Buffer looks it up by its name.
struct BufferPrototype {
  explicit BufferPrototype(Environment*) {}
  v8::Global<v8::Object> object;
};
constexpr char kPrototype[] = "buffer.prototype";

v8::Local<v8::Object> PrototypeOfBuffers(Environment* env) {
  v8::Global<v8::Object>& cached = env->State<BufferPrototype>().object;
  if (cached.IsEmpty()) {
    v8::Local<v8::Value> kept = env->Kept(kPrototype);
    if (!kept->IsObject()) return {};
    cached.Reset(env->isolate(), kept.As<v8::Object>());
  }
  return cached.Get(env->isolate());
}

}  // namespace

Encoding EncodingOf(v8::Isolate* isolate, v8::Local<v8::Value> value, Encoding otherwise) {
  if (value->IsUint32()) {
    const uint32_t number = value.As<v8::Uint32>()->Value();
    return number < std::size(kEncodingNames) ? static_cast<Encoding>(number) : otherwise;
  }
  if (!value->IsString()) return otherwise;
  constexpr size_t kLongest = 9;
  v8::Local<v8::String> text = value.As<v8::String>();
  const auto length = static_cast<size_t>(text->Length());
  if (length > kLongest) return otherwise;
  uint16_t units[kLongest];
  text->WriteV2(isolate, 0, static_cast<uint32_t>(length), units);
  char lower[kLongest];
  for (size_t i = 0; i < length; i++) {
    if (units[i] >= 0x80) return otherwise;
    lower[i] = static_cast<char>(units[i] >= 'A' && units[i] <= 'Z' ? units[i] | 0x20 : units[i]);
  }
  static constexpr struct {
    std::string_view name;
    Encoding encoding;
  } kNames[] = {
      {"utf8", Encoding::kUtf8},     {"utf-8", Encoding::kUtf8},    {"latin1", Encoding::kLatin1},       {"base64", Encoding::kBase64},
      {"hex", Encoding::kHex},       {"buffer", Encoding::kBuffer}, {"base64url", Encoding::kBase64Url}, {"ascii", Encoding::kAscii},
      {"binary", Encoding::kLatin1}, {"ucs2", Encoding::kUcs2},     {"ucs-2", Encoding::kUcs2},          {"utf16le", Encoding::kUcs2},
      {"utf-16le", Encoding::kUcs2},
  };
  for (const auto& entry : kNames) {
    if (entry.name == std::string_view(lower, length)) return entry.encoding;
  }
  return otherwise;
}

v8::MaybeLocal<v8::String> StringOfBytes(v8::Isolate* isolate, std::span<const uint8_t> bytes, Encoding encoding) {
  if (bytes.empty()) return v8::String::Empty(isolate);
  const auto* chars = reinterpret_cast<const char*>(bytes.data());
  const size_t size = bytes.size();
  switch (encoding) {
    case Encoding::kAscii: return StringOfAscii(isolate, chars, size);
    case Encoding::kLatin1: return Copy(isolate, chars, size);
    case Encoding::kUcs2: return StringOfUcs2(isolate, bytes.data(), size);
    case Encoding::kHex: return MakeExact<char>(isolate, size * 2, [&bytes](char* out) { WriteHex(bytes.data(), bytes.size(), out); });
    case Encoding::kBase64: return StringOfBase64(isolate, chars, size, simdutf::base64_default);
    case Encoding::kBase64Url: return StringOfBase64(isolate, chars, size, simdutf::base64_url);
    case Encoding::kUtf8:
    case Encoding::kBuffer: break;
  }
  return StringOfUtf8(isolate, chars, size);
}

v8::MaybeLocal<v8::Value> EncodeBytes(Environment* env, std::span<const uint8_t> bytes, Encoding encoding) {
  if (encoding == Encoding::kBuffer) return CopyToBuffer(env, bytes).FromMaybe(v8::Local<v8::Uint8Array>());
  return StringOfBytes(env->isolate(), bytes, encoding).FromMaybe(v8::Local<v8::String>());
}

size_t WriteString(v8::Isolate* isolate, v8::Local<v8::String> text, std::span<uint8_t> out, Encoding encoding) {
  if (out.empty() || text->Length() == 0) return 0;
  if (encoding == Encoding::kUtf8 || encoding == Encoding::kBuffer) return WriteUtf8(isolate, text, out);
  const v8::String::ValueView view(isolate, text);
  switch (encoding) {
    case Encoding::kAscii:
    case Encoding::kLatin1: return WriteLatin1(view, out);
    case Encoding::kUcs2: return WriteUcs2(view, out);
    default: break;
  }
  return view.is_one_byte() ? WriteCoded(view.data8(), view.length(), out, encoding)
                            : WriteCoded(view.data16(), view.length(), out, encoding);
}

size_t SizeOfString(v8::Isolate* isolate, v8::Local<v8::String> text, Encoding encoding) {
  const auto length = static_cast<size_t>(text->Length());
  switch (encoding) {
    case Encoding::kAscii:
    case Encoding::kLatin1: return length;
    case Encoding::kUcs2: return length * 2;
    case Encoding::kHex: return length / 2;
    case Encoding::kBase64:
    case Encoding::kBase64Url: return length / 4 * 3 + 3;
    case Encoding::kUtf8:
    case Encoding::kBuffer: break;
  }
  constexpr size_t kShort = 16;  // V8's own loop is as fast, and needs no view.
  if (length > kShort) {
    const v8::String::ValueView view(isolate, text);
    if (view.is_one_byte()) {
      return simdutf::utf8_length_from_latin1(reinterpret_cast<const char*>(view.data8()), length);
    }
    const auto* units = reinterpret_cast<const char16_t*>(view.data16());
    if (simdutf::validate_utf16le(units, length)) return simdutf::utf8_length_from_utf16le(units, length);
  }
  return text->Utf8LengthV2(isolate);
}

v8::MaybeLocal<v8::Uint8Array> NewBuffer(Environment* env, v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t length) {
  v8::Local<v8::Uint8Array> array = v8::Uint8Array::New(buffer, offset, length);
  v8::Local<v8::Object> prototype = PrototypeOfBuffers(env);
  if (!prototype.IsEmpty() && array->SetPrototypeV2(env->context(), prototype).IsNothing()) return {};
  return array;
}

v8::MaybeLocal<v8::Uint8Array> CopyToBuffer(Environment* env, std::span<const uint8_t> bytes) {
  std::unique_ptr<v8::BackingStore> store = NewUninitialized(env, bytes.size());
  if (store == nullptr) return {};
  if (!bytes.empty()) std::memcpy(store->Data(), bytes.data(), bytes.size());
  return NewBuffer(env, v8::ArrayBuffer::New(env->isolate(), std::move(store)), 0, bytes.size());
}

v8::MaybeLocal<v8::Uint8Array> AdoptAsBuffer(Environment* env, void* data, size_t length) {
  std::unique_ptr<v8::BackingStore> store =
      v8::ArrayBuffer::NewBackingStore(data, length, [](void* memory, size_t, void*) { std::free(memory); }, nullptr);
  return NewBuffer(env, v8::ArrayBuffer::New(env->isolate(), std::move(store)), 0, length);
}

void SetBufferPrototype(Environment* env, v8::Local<v8::Object> prototype) {
  env->Keep(kPrototype, prototype);
  env->State<BufferPrototype>().object.Reset();
}

std::unique_ptr<v8::BackingStore> NewUninitialized(Environment* env, size_t length) {
  const bool zero = env->mode() != Environment::Mode::kRun || env->State<NodeOptions>().zero_fill_buffers();
  std::unique_ptr<v8::BackingStore> store;
  if (length <= v8::TypedArray::kMaxByteLength) {
    store = v8::ArrayBuffer::NewBackingStore(
        env->isolate(), length,
        zero ? v8::BackingStoreInitializationMode::kZeroInitialized : v8::BackingStoreInitializationMode::kUninitialized,
        v8::BackingStoreOnFailureMode::kReturnNull);
  }
  if (store == nullptr) {
    ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
  }
  return store;
}

bool IsAscii(std::string_view chars) { return simdutf::validate_ascii(chars.data(), chars.size()); }

Utf8Chars::Utf8Chars(v8::Isolate* isolate, v8::Local<v8::String> text) {
  const auto length = static_cast<size_t>(text->Length());
  size_t room = kOnStack;
  char* out = stack_;
  if (length > kOnStack / 3) {
    const size_t size = SizeOfString(isolate, text, Encoding::kUtf8);
    if (size > kOnStack) {
      heap_ = std::make_unique_for_overwrite<char[]>(size);
      out = heap_.get();
      room = size;
    }
  }
  data_ = out;
  size_ = WriteString(isolate, text, {reinterpret_cast<uint8_t*>(out), room}, Encoding::kUtf8);
}

std::span<uint8_t> WritableBytes(v8::Local<v8::ArrayBufferView> view) {
  // Without storage to copy to, GetContents() gives the memory itself, with less work than Buffer() makes.
  if (!view->HasBuffer()) return BytesOf(view);
  const v8::MemorySpan<uint8_t> contents = view->GetContents({});
  return {contents.data(), contents.size()};
}

ReadBytes::ReadBytes(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) {
    const v8::MemorySpan<uint8_t> contents = value.As<v8::ArrayBufferView>()->GetContents({copy_, kInHeap});
    bytes_ = {contents.data(), contents.size()};
  } else {
    bytes_ = BytesOf(value);
  }
}

}  // namespace dv8::node
