// internalBinding('buffer'): what lib/buffer.js and lib/internal/buffer.js do not do themselves.
//
// Most arguments have been checked by the library, but a program can reach its methods with any receiver
// and its getters can lie, so that each range is checked again against the bytes that are there.
#include <simdutf.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/byte_search.h"
#include "runtime/bindings/node/fast_functions.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

void ThrowOutOfRange(v8::Isolate* isolate, const char* message) {
  ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", message);
}

bool RequireView(const CallInfo& info, int index) {
  if (info[index]->IsArrayBufferView()) return true;
  ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
  return false;
}

bool RequireString(const CallInfo& info, int index) {
  if (info[index]->IsString()) return true;
  ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "argument must be a string");
  return false;
}

bool IsBuffer(v8::Local<v8::Value> value) { return value->IsArrayBuffer() || value->IsSharedArrayBuffer(); }

// An index that a program gave, `otherwise` for undefined. Conversion may run the program's code, so that no
// bytes are looked at before. False with an exception pending.
bool ReadIndex(const CallInfo& info, int index, size_t otherwise, size_t* out) {
  *out = otherwise;
  if (info[index]->IsUint32()) {
    *out = info[index].As<v8::Uint32>()->Value();
    return true;
  }
  if (info[index]->IsUndefined()) return true;
  int64_t value;
  if (!info[index]->IntegerValue(info.GetIsolate()->GetCurrentContext()).To(&value)) return false;
  if (value < 0) {
    ThrowOutOfRange(info.GetIsolate(), "Index out of range");
    return false;
  }
  *out = static_cast<size_t>(value);
  return true;
}

// A number as an integer within int64_t; `otherwise` for what is none.
int64_t IntegerOfNumber(double number, int64_t otherwise) {
  if (std::isnan(number)) return otherwise;
  constexpr double kLimit = 9007199254740991.0;
  return static_cast<int64_t>(std::clamp(number, -kLimit, kLimit));
}
int64_t IntegerOf(v8::Local<v8::Value> value, int64_t otherwise) {
  if (value->IsInt32()) return value.As<v8::Int32>()->Value();
  return value->IsNumber() ? IntegerOfNumber(value.As<v8::Number>()->Value(), otherwise) : otherwise;
}

// A number as a size; 0 for what is none.
size_t SizeOf(v8::Local<v8::Value> value) { return static_cast<size_t>(std::max<int64_t>(IntegerOf(value, 0), 0)); }

void ReturnSize(const CallInfo& info, size_t size) {
  if (size <= UINT32_MAX) {
    info.GetReturnValue().Set(static_cast<uint32_t>(size));
  } else {
    info.GetReturnValue().Set(static_cast<double>(size));
  }
}

constexpr size_t kToEnd = static_cast<size_t>(-1);

// slice(view, start, end): the string of [start, end).
template <Encoding kEncoding>
void Slice(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  size_t start, end;
  if (!RequireView(info, 0) || !ReadIndex(info, 1, 0, &start) || !ReadIndex(info, 2, kToEnd, &end)) return;
  const ReadBytes bytes(info[0]);
  if (end == kToEnd) end = bytes.size();
  if (end <= start || bytes.size() == 0) return info.GetReturnValue().SetEmptyString();
  if (end > bytes.size()) return ThrowOutOfRange(isolate, "Index out of range");
  std::span<const uint8_t> part = bytes.span().subspan(start, end - start);
  std::vector<uint8_t> copy;  // Another thread may write a shared buffer while it is being read.
  if (info[0].As<v8::ArrayBufferView>()->HasBuffer() && info[0].As<v8::ArrayBufferView>()->Buffer()->IsSharedArrayBuffer()) {
    copy.assign(part.begin(), part.end());
    part = copy;
  }
  v8::Local<v8::String> text;
  if (StringOfBytes(isolate, part, kEncoding).ToLocal(&text)) info.GetReturnValue().Set(text);
}

// write(view, string, offset, length) → the bytes written.
template <Encoding kEncoding>
void Write(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  size_t offset, length;
  if (!RequireView(info, 0) || !RequireString(info, 1) || !ReadIndex(info, 2, 0, &offset) || !ReadIndex(info, 3, kToEnd, &length)) {
    return;
  }
  const std::span<uint8_t> bytes = WritableBytes(info[0].As<v8::ArrayBufferView>());
  if (offset > bytes.size()) {
    return ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "\"offset\" is outside of buffer bounds");
  }
  const std::span<uint8_t> out = bytes.subspan(offset, std::min(length, bytes.size() - offset));
  ReturnSize(info, WriteString(isolate, info[1].As<v8::String>(), out, kEncoding));
}

// A number from optimised code as a size; what is below 0 or no number is 0.
size_t SizeOfNumber(double number) {
  constexpr double kLimit = 9007199254740991.0;
  return number > 0 ? static_cast<size_t>(std::min(number, kLimit)) : 0;
}

template <Encoding kEncoding>
uint32_t FastWrite(v8::Local<v8::Value>, v8::Local<v8::Value> view, const v8::FastOneByteString& text, double offset_number,
                   double length_number, v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  if (!view->IsArrayBufferView()) return 0;
  const std::span<uint8_t> bytes = WritableBytes(view.As<v8::ArrayBufferView>());
  const size_t offset = SizeOfNumber(offset_number);
  if (offset >= bytes.size()) return 0;
  const size_t room = std::min(SizeOfNumber(length_number), bytes.size() - offset);
  char* out = reinterpret_cast<char*>(bytes.data()) + offset;
  if constexpr (kEncoding == Encoding::kUtf8) {
    return static_cast<uint32_t>(simdutf::convert_latin1_to_utf8_safe(text.data, text.length, out, room));
  }
  const size_t count = std::min<size_t>(text.length, room);
  std::memcpy(out, text.data, count);
  return static_cast<uint32_t>(count);
}

size_t ByteLengthUtf8(const CallInfo& info, v8::Local<v8::String> text) { return SizeOfString(info.GetIsolate(), text, Encoding::kUtf8); }

uint32_t FastByteLengthUtf8(v8::Local<v8::Value>, v8::Local<v8::Value> text, v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  return text->IsString() ? static_cast<uint32_t>(SizeOfString(options.isolate, text.As<v8::String>(), Encoding::kUtf8)) : 0;
}

size_t CopyBytes(v8::Local<v8::Value> source_view, v8::Local<v8::Value> target_view, size_t to, size_t from, size_t count) {
  const std::span<uint8_t> target = WritableBytes(target_view.As<v8::ArrayBufferView>());
  const ReadBytes source(source_view);
  if (to > target.size() || from > source.size()) return 0;
  count = std::min({count, target.size() - to, source.size() - from});
  if (count > 0) std::memmove(target.data() + to, source.data() + from, count);
  return count;
}

// copy(source, target, targetStart, sourceStart, count) → the bytes copied.
void Copy(const CallInfo& info) {
  if (!RequireView(info, 0) || !RequireView(info, 1)) return;
  ReturnSize(info, CopyBytes(info[0], info[1], SizeOf(info[2]), SizeOf(info[3]), SizeOf(info[4])));
}

double FastCopy(v8::Local<v8::Value>, v8::Local<v8::Value> source, v8::Local<v8::Value> target, double to, double from, double count,
                v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  if (!source->IsArrayBufferView() || !target->IsArrayBufferView()) return 0;
  return static_cast<double>(CopyBytes(source, target, SizeOfNumber(to), SizeOfNumber(from), SizeOfNumber(count)));
}

// copyArrayBuffer(target, targetOffset, source, sourceOffset, count)
void CopyArrayBuffer(const CallInfo& info) {
  if (!IsBuffer(info[0])) return ThrowInvalidArgument(info.GetIsolate(), 0, "an instance of ArrayBuffer", info[0]);
  if (!IsBuffer(info[2])) return ThrowInvalidArgument(info.GetIsolate(), 2, "an instance of ArrayBuffer", info[2]);
  const std::span<uint8_t> target = BytesOf(info[0]), source = BytesOf(info[2]);
  const size_t to = SizeOf(info[1]), from = SizeOf(info[3]), count = SizeOf(info[4]);
  if (to > target.size() || from > source.size() || count > target.size() - to || count > source.size() - from) {
    return ThrowOutOfRange(info.GetIsolate(), "Index out of range");
  }
  if (count > 0) std::memmove(target.data() + to, source.data() + from, count);
}

int32_t Order(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  const size_t common = std::min(a.size(), b.size());
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  if (order != 0) return order < 0 ? -1 : 1;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

void Compare(const CallInfo& info) {
  if (!RequireView(info, 0) || !RequireView(info, 1)) return;
  const ReadBytes a(info[0]), b(info[1]);
  info.GetReturnValue().Set(Order(a.span(), b.span()));
}

int32_t FastCompare(v8::Local<v8::Value>, v8::Local<v8::Value> first, v8::Local<v8::Value> second, v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  const ReadBytes a(first), b(second);
  return Order(a.span(), b.span());
}

// compareOffset(source, target, targetStart, sourceStart, targetEnd, sourceEnd)
void CompareOffset(const CallInfo& info) {
  size_t target_start, source_start, target_end, source_end;
  if (!RequireView(info, 0) || !RequireView(info, 1) || !ReadIndex(info, 2, 0, &target_start) || !ReadIndex(info, 3, 0, &source_start) ||
      !ReadIndex(info, 4, kToEnd, &target_end) || !ReadIndex(info, 5, kToEnd, &source_end)) {
    return;
  }
  const ReadBytes source(info[0]), target(info[1]);
  if (source_start > source.size()) {
    return ThrowOutOfRange(info.GetIsolate(), "The value of \"sourceStart\" is out of range.");
  }
  if (target_start > target.size()) {
    return ThrowOutOfRange(info.GetIsolate(), "The value of \"targetStart\" is out of range.");
  }
  const auto part = [](const ReadBytes& bytes, size_t start, size_t end) {
    end = std::clamp(end, start, bytes.size());
    return bytes.span().subspan(start, end - start);
  };
  info.GetReturnValue().Set(Order(part(source, source_start, source_end), part(target, target_start, target_end)));
}

// Repeats the first `filled` bytes of `out` until it is full.
void Repeat(std::span<uint8_t> out, size_t filled) {
  while (filled < out.size()) {
    const size_t count = std::min(filled, out.size() - filled);
    std::memcpy(out.data() + filled, out.data(), count);
    filled += count;
  }
}

// The pattern's bytes that fit. Text goes through memory of its own: a character of which only a part fits is
// cut, where WriteString() would leave it out.
size_t WritePattern(v8::Isolate* isolate, v8::Local<v8::Value> pattern, Encoding encoding, std::span<uint8_t> out) {
  if (pattern->IsArrayBufferView()) {
    const ReadBytes bytes(pattern);
    const size_t count = std::min(bytes.size(), out.size());
    if (count > 0) std::memmove(out.data(), bytes.data(), count);
    return count;
  }
  v8::Local<v8::String> text = pattern.As<v8::String>();
  if (encoding != Encoding::kUtf8 && encoding != Encoding::kUcs2) return WriteString(isolate, text, out, encoding);
  std::vector<uint8_t> bytes(SizeOfString(isolate, text, encoding));
  const size_t count = std::min(WriteString(isolate, text, bytes, encoding), out.size());
  if (count > 0) std::memcpy(out.data(), bytes.data(), count);
  return count;
}

// fill(view, value, start, end, encoding) → -2 when the range is not in the view, -1 when the value has no bytes.
void Fill(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  size_t start, end;
  if (!RequireView(info, 0) || !ReadIndex(info, 2, 0, &start) || !ReadIndex(info, 3, 0, &end)) return;
  const bool is_pattern = info[1]->IsArrayBufferView() || info[1]->IsString();
  uint32_t byte = 0;
  if (!is_pattern && !info[1]->Uint32Value(isolate->GetCurrentContext()).To(&byte)) return;
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  if (start > end || end > bytes.size()) return info.GetReturnValue().Set(-2);
  const std::span<uint8_t> out = bytes.subspan(start, end - start);
  if (out.empty()) return;
  if (!is_pattern) {
    std::memset(out.data(), static_cast<uint8_t>(byte), out.size());
    return;
  }
  const size_t written = WritePattern(isolate, info[1], EncodingOf(isolate, info[4], Encoding::kUtf8), out);
  if (written == 0) return info.GetReturnValue().Set(-1);
  Repeat(out, written);
}

// Where a search begins, by Buffer.prototype.indexOf()'s rules: negative offsets count from the end. -1 when
// nothing can be found.
int64_t SearchStart(int64_t length, int64_t offset, int64_t needle_length, Direction direction) {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return direction == Direction::kForward || needle_length == 0 ? 0 : -1;
  }
  if (offset + needle_length <= length) return offset;
  if (needle_length == 0) return length;
  return direction == Direction::kForward ? -1 : length - 1;
}

// The index, or -1, of `needle` in [0, end) of `haystack`.
double Search(std::span<const uint8_t> haystack, std::span<const uint8_t> needle, int64_t offset, int64_t end_index, Direction direction,
              size_t step) {
  const auto length = static_cast<int64_t>(haystack.size());
  const auto end = static_cast<int64_t>(static_cast<size_t>(std::clamp<int64_t>(end_index, 0, length)) / step * step);
  const int64_t start = SearchStart(length, offset, static_cast<int64_t>(needle.size()), direction);
  if (needle.empty()) return static_cast<double>(std::min(start, end));
  if (start < 0 || end == 0 || needle.size() < step) return -1;
  if (direction == Direction::kForward && start >= end) return -1;
  const size_t from = static_cast<size_t>(std::min(start, end - 1)) / step * step;
  const size_t at = FindBytes(haystack.first(static_cast<size_t>(end)), needle.first(needle.size() / step * step), from, direction, step);
  return at == kNotFound ? -1 : static_cast<double>(at);
}

// Arguments behind the needle: offset, encoding, forward, end.
double SearchFor(const CallInfo& info, std::span<const uint8_t> haystack, std::span<const uint8_t> needle, Encoding encoding) {
  const Direction direction = info[4]->BooleanValue(info.GetIsolate()) ? Direction::kForward : Direction::kBackward;
  const auto length = static_cast<int64_t>(haystack.size());
  return Search(haystack, needle, IntegerOf(info[2], direction == Direction::kForward ? 0 : length), IntegerOf(info[5], length), direction,
                encoding == Encoding::kUcs2 ? 2 : 1);
}

// indexOfString(view, string, offset, encoding, forward, end)
void IndexOfString(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!RequireView(info, 0) || !RequireString(info, 1)) return;
  const Encoding encoding = EncodingOf(isolate, info[3], Encoding::kUtf8);
  const v8::Local<v8::String> text = info[1].As<v8::String>();
  constexpr size_t kOnStack = 256;
  uint8_t stack[kOnStack];
  std::vector<uint8_t> heap;
  std::span<uint8_t> needle(stack);
  if (const size_t size = SizeOfString(isolate, text, encoding); size > kOnStack) {
    heap.resize(size);
    needle = heap;
  }
  needle = needle.first(WriteString(isolate, text, needle, encoding));
  const ReadBytes haystack(info[0]);
  std::span<const uint8_t> bytes = haystack.span();
  if (encoding == Encoding::kUcs2) bytes = bytes.first(bytes.size() / 2 * 2);
  info.GetReturnValue().Set(SearchFor(info, bytes, needle, encoding));
}

// indexOfBuffer(view, view, offset, encoding, forward, end)
void IndexOfBuffer(const CallInfo& info) {
  if (!RequireView(info, 0) || !RequireView(info, 1)) return;
  const Encoding encoding = EncodingOf(info.GetIsolate(), info[3], Encoding::kUtf8);
  const ReadBytes haystack(info[0]), needle(info[1]);
  info.GetReturnValue().Set(SearchFor(info, haystack.span(), needle.span(), encoding));
}

// indexOfNumber(view, byte, offset, forward, end)
void IndexOfNumber(const CallInfo& info) {
  if (!RequireView(info, 0)) return;
  const ReadBytes haystack(info[0]);
  const auto byte = static_cast<uint8_t>(IntegerOf(info[1], 0));
  const Direction direction = info[3]->BooleanValue(info.GetIsolate()) ? Direction::kForward : Direction::kBackward;
  const auto length = static_cast<int64_t>(haystack.size());
  info.GetReturnValue().Set(Search(haystack.span(), {&byte, 1}, IntegerOf(info[2], direction == Direction::kForward ? 0 : length),
                                   IntegerOf(info[4], length), direction, 1));
}

double FastIndexOfNumber(v8::Local<v8::Value>, v8::Local<v8::Value> view, uint32_t number, double offset, bool forward, double end,
                         v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  const ReadBytes haystack(view);
  const auto byte = static_cast<uint8_t>(number);
  const Direction direction = forward ? Direction::kForward : Direction::kBackward;
  const auto length = static_cast<int64_t>(haystack.size());
  return Search(haystack.span(), {&byte, 1}, IntegerOfNumber(offset, forward ? 0 : length), IntegerOfNumber(end, length), direction, 1);
}

inline uint16_t Swapped(uint16_t value) { return __builtin_bswap16(value); }
inline uint32_t Swapped(uint32_t value) { return __builtin_bswap32(value); }
inline uint64_t Swapped(uint64_t value) { return __builtin_bswap64(value); }

// The same for sixteen bytes: the two bytes of each half-word by shifts, then the half-words, which the oldest
// x86-64 can shuffle, where it cannot shuffle bytes.
using HalfWords = uint16_t __attribute__((vector_size(16)));

template <typename T>
HalfWords Swapped(HalfWords value) {
  constexpr uint16_t kByte = 8;
  value = (value << kByte) | (value >> kByte);
  if constexpr (sizeof(T) == 4) return __builtin_shufflevector(value, value, 1, 0, 3, 2, 5, 4, 7, 6);
  if constexpr (sizeof(T) == 8) return __builtin_shufflevector(value, value, 3, 2, 1, 0, 7, 6, 5, 4);
  return value;
}

template <typename T>
void SwapAt(uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  value = Swapped(value);
  std::memcpy(bytes, &value, sizeof(value));
}

// Turns the order of the bytes of each T; the library has checked that the length is a multiple.
template <typename T>
void SwapBytes(std::span<uint8_t> bytes) {
  size_t i = 0;
  for (; i + sizeof(HalfWords) <= bytes.size(); i += sizeof(HalfWords)) {
    HalfWords value;
    std::memcpy(&value, bytes.data() + i, sizeof(value));
    value = Swapped<T>(value);
    std::memcpy(bytes.data() + i, &value, sizeof(value));
  }
  for (; i + sizeof(T) <= bytes.size(); i += sizeof(T)) SwapAt<T>(bytes.data() + i);
}
template <typename T>
void Swap(const CallInfo& info) {
  if (RequireView(info, 0)) SwapBytes<T>(WritableBytes(info[0].As<v8::ArrayBufferView>()));
}
template <typename T>
void FastSwap(v8::Local<v8::Value>, v8::Local<v8::Value> view, v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  if (view->IsArrayBufferView()) SwapBytes<T>(WritableBytes(view.As<v8::ArrayBufferView>()));
}

template <bool (*kTest)(const char*, size_t) noexcept>
void Validate(const CallInfo& info) {
  if (!info[0]->IsArrayBufferView() && !IsBuffer(info[0])) {
    return ThrowInvalidArgument(info.GetIsolate(), 0, "an instance of ArrayBuffer, Buffer, or TypedArray", info[0]);
  }
  const ReadBytes bytes(info[0]);
  info.GetReturnValue().Set(bytes.size() == 0 || kTest(bytes.chars(), bytes.size()));
}
template <bool (*kTest)(const char*, size_t) noexcept>
bool FastValidate(v8::Local<v8::Value>, v8::Local<v8::Value> value, v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  const ReadBytes bytes(value);
  return bytes.size() == 0 || kTest(bytes.chars(), bytes.size());
}
bool IsUtf8(const char* chars, size_t size) noexcept { return simdutf::validate_utf8(chars, size); }
bool IsAscii(const char* chars, size_t size) noexcept { return simdutf::validate_ascii(chars, size); }

// atob(string) → the string, or -1 when a single character is left, -2 for an invalid one, -3 for another error.
void Atob(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!RequireString(info, 0)) return;
  simdutf::result result;
  std::vector<char> out;
  {
    const v8::String::ValueView text(isolate, info[0].As<v8::String>());
    const auto decode = [&](const auto* chars) {
      out.resize(simdutf::maximal_binary_length_from_base64(chars, text.length()));
      result = simdutf::base64_to_binary(chars, text.length(), out.data());
    };
    if (text.is_one_byte()) {
      decode(reinterpret_cast<const char*>(text.data8()));
    } else {
      decode(reinterpret_cast<const char16_t*>(text.data16()));
    }
  }
  switch (result.error) {
    case simdutf::SUCCESS: break;
    case simdutf::BASE64_INPUT_REMAINDER: return info.GetReturnValue().Set(-1);
    case simdutf::INVALID_BASE64_CHARACTER: return info.GetReturnValue().Set(-2);
    default: return info.GetReturnValue().Set(-3);
  }
  v8::Local<v8::String> text;
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(out.data()), result.count);
  if (StringOfBytes(isolate, bytes, Encoding::kLatin1).ToLocal(&text)) info.GetReturnValue().Set(text);
}

// btoa(string) → the string, or -1 when a character is above 0xff.
void Btoa(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!RequireString(info, 0)) return;
  std::vector<uint8_t> bytes;
  {
    const v8::String::ValueView text(isolate, info[0].As<v8::String>());
    if (text.is_one_byte()) {
      bytes.assign(text.data8(), text.data8() + text.length());
    } else {
      bytes.resize(text.length());
      for (size_t i = 0; i < bytes.size(); i++) {
        if (text.data16()[i] > 0xff) return info.GetReturnValue().Set(-1);
        bytes[i] = static_cast<uint8_t>(text.data16()[i]);
      }
    }
  }
  v8::Local<v8::String> text;
  if (StringOfBytes(isolate, bytes, Encoding::kBase64).ToLocal(&text)) info.GetReturnValue().Set(text);
}

void SetPrototype(Environment* env, v8::Local<v8::Object> prototype) { SetBufferPrototype(env, prototype); }

void SetDetachKey(v8::Local<v8::ArrayBuffer> buffer, v8::Local<v8::Value> key) { buffer->SetDetachKey(key); }

v8::Local<v8::ArrayBuffer> CreateUnsafeArrayBuffer(Environment* env, uint64_t size) {
  if (size == 0) return v8::ArrayBuffer::New(env->isolate(), 0);
  std::unique_ptr<v8::BackingStore> store = NewUninitialized(env, size);
  if (store == nullptr) return {};
  return v8::ArrayBuffer::New(env->isolate(), std::move(store));
}

constexpr FunctionSpec kFunctions[] = {
    {"asciiSlice", Slice<Encoding::kAscii>},
    {"asciiWriteStatic", Write<Encoding::kAscii>},
    {"atob", Atob},
    {"base64Slice", Slice<Encoding::kBase64>},
    {"base64Write", Write<Encoding::kBase64>},
    {"base64urlSlice", Slice<Encoding::kBase64Url>},
    {"base64urlWrite", Write<Encoding::kBase64Url>},
    {"btoa", Btoa},
    Typed<ByteLengthUtf8>("byteLengthUtf8"),
    {"compare", Compare},
    {"compareOffset", CompareOffset},
    {"copy", Copy},
    {"copyArrayBuffer", CopyArrayBuffer},
    Typed<CreateUnsafeArrayBuffer>("createUnsafeArrayBuffer"),
    {"fill", Fill},
    {"hexSlice", Slice<Encoding::kHex>},
    {"hexWrite", Write<Encoding::kHex>},
    {"indexOfBuffer", IndexOfBuffer},
    {"indexOfNumber", IndexOfNumber},
    {"indexOfString", IndexOfString},
    {"isAscii", Validate<IsAscii>},
    {"isUtf8", Validate<IsUtf8>},
    {"latin1Slice", Slice<Encoding::kLatin1>},
    {"latin1WriteStatic", Write<Encoding::kLatin1>},
    Typed<SetPrototype>("setBufferPrototype"),
    Typed<SetDetachKey>("setDetachKey"),
    {"swap16", Swap<uint16_t>},
    {"swap32", Swap<uint32_t>},
    {"swap64", Swap<uint64_t>},
    {"ucs2Slice", Slice<Encoding::kUcs2>},
    {"ucs2Write", Write<Encoding::kUcs2>},
    {"utf8Slice", Slice<Encoding::kUtf8>},
    {"utf8WriteStatic", Write<Encoding::kUtf8>},
};

constexpr FastFunction kFastFunctions[] = {
    {"asciiWriteStatic", Write<Encoding::kAscii>, Fast<FastWrite<Encoding::kAscii>>},
    {"byteLengthUtf8", Typed<ByteLengthUtf8>("").callback, Fast<FastByteLengthUtf8>},
    {"compare", Compare, Fast<FastCompare>},
    {"copy", Copy, Fast<FastCopy>},
    {"indexOfNumber", IndexOfNumber, Fast<FastIndexOfNumber>},
    {"isAscii", Validate<IsAscii>, Fast<FastValidate<IsAscii>>},
    {"isUtf8", Validate<IsUtf8>, Fast<FastValidate<IsUtf8>>},
    {"latin1WriteStatic", Write<Encoding::kLatin1>, Fast<FastWrite<Encoding::kLatin1>>},
    {"swap16", Swap<uint16_t>, Fast<FastSwap<uint16_t>>},
    {"swap32", Swap<uint32_t>, Fast<FastSwap<uint32_t>>},
    {"swap64", Swap<uint64_t>, Fast<FastSwap<uint64_t>>},
    {"utf8WriteStatic", Write<Encoding::kUtf8>, Fast<FastWrite<Encoding::kUtf8>>},
};

void Init(Environment* env, v8::Local<v8::Object> target) { SetFastFunctions(env, target, kFastFunctions); }
void References(std::vector<intptr_t>* list) { AppendFastReferences(kFastFunctions, list); }

constexpr ConstantSpec kConstants[] = {
    {"kMaxLength", static_cast<int64_t>(v8::TypedArray::kMaxByteLength)},
    {"kStringMaxLength", v8::String::kMaxLength},
};

}  // namespace

extern const BindingSpec kNodeBuffer;
constexpr BindingSpec kNodeBuffer{"buffer", kFunctions, kConstants, {}, Init, References};

}  // namespace dv8::node
