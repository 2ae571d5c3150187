// Strings to bytes and back, in the encodings that Buffer has, and Buffers that C++ makes. Used by
// every binding that takes or returns text in an encoding that the program names.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// Numbers are indexes of internalBinding('string_decoder').encodings.
enum class Encoding : uint8_t { kAscii, kUtf8, kBase64, kUcs2, kLatin1, kHex, kBuffer, kBase64Url };
inline constexpr const char* kEncodingNames[] = {"ascii", "utf8", "base64", "utf16le", "latin1", "hex", "buffer", "base64url"};

// The encoding that a string names, in any case, or that a number of `kEncodingNames` is; `otherwise`
// for all other values.
Encoding EncodingOf(v8::Isolate* isolate, v8::Local<v8::Value> value, Encoding otherwise);

// The string of `bytes`; what is not UTF-8 becomes U+FFFD. Empty, with ERR_STRING_TOO_LONG pending,
// where V8 has no string of that length. Memory that another thread may write is to be copied first.
// kBuffer is read as UTF-8: EncodeBytes() makes a Buffer of it.
v8::MaybeLocal<v8::String> StringOfBytes(v8::Isolate* isolate, std::span<const uint8_t> bytes, Encoding encoding);
v8::MaybeLocal<v8::Value> EncodeBytes(Environment* env, std::span<const uint8_t> bytes, Encoding encoding);

// Writes `text` to `out`, as far as whole characters fit; returns the bytes written.
size_t WriteString(v8::Isolate* isolate, v8::Local<v8::String> text, std::span<uint8_t> out, Encoding encoding);
// The bytes that WriteString() needs for all of it: exact, but for base64, where it is a bound.
size_t SizeOfString(v8::Isolate* isolate, v8::Local<v8::String> text, Encoding encoding);

// A Buffer over [offset, offset + length) of `buffer`.
v8::MaybeLocal<v8::Uint8Array> NewBuffer(Environment* env, v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t length);
// A Buffer with a copy of `bytes`. Empty, with ERR_MEMORY_ALLOCATION_FAILED pending, without memory.
v8::MaybeLocal<v8::Uint8Array> CopyToBuffer(Environment* env, std::span<const uint8_t> bytes);
// A Buffer that owns `data`, which was made by malloc, of `length` bytes.
v8::MaybeLocal<v8::Uint8Array> AdoptAsBuffer(Environment* env, void* data, size_t length);
// What a Buffer's prototype is: lib/internal/bootstrap/node.js gives it.
void SetBufferPrototype(Environment* env, v8::Local<v8::Object> prototype);

// Uninitialised memory of `length` bytes; null, with an exception pending, when there is none. While a
// snapshot is made it is zeroed, so that equal programs have equal snapshots.
std::unique_ptr<v8::BackingStore> NewUninitialized(Environment* env, size_t length);

// The bytes of a view, until JavaScript runs again.
std::span<uint8_t> WritableBytes(v8::Local<v8::ArrayBufferView> view);

// The bytes of a view or buffer to be read, until JavaScript runs again. A small array that lies in the
// heap is copied to the stack, which spares it an ArrayBuffer. Empty for other values.
class ReadBytes {
 public:
  explicit ReadBytes(v8::Local<v8::Value> value);
  ReadBytes(const ReadBytes&) = delete;
  ReadBytes& operator=(const ReadBytes&) = delete;

  const uint8_t* data() const { return bytes_.data(); }
  const char* chars() const { return reinterpret_cast<const char*>(bytes_.data()); }
  size_t size() const { return bytes_.size(); }
  std::span<const uint8_t> span() const { return bytes_; }

 private:
  static constexpr size_t kInHeap = 64;  // V8's typed_array_max_size_in_heap.
  uint8_t copy_[kInHeap];
  std::span<const uint8_t> bytes_;
};

bool IsAscii(std::string_view chars);

// A string's UTF-8, for what takes a std::string_view: short ones lie on the stack. Lone surrogates become
// U+FFFD.
class Utf8Chars {
 public:
  Utf8Chars(v8::Isolate* isolate, v8::Local<v8::String> text);
  Utf8Chars(const Utf8Chars&) = delete;
  Utf8Chars& operator=(const Utf8Chars&) = delete;
  std::string_view view() const { return {data_, size_}; }

 private:
  static constexpr size_t kOnStack = 512;
  char stack_[kOnStack];
  std::unique_ptr<char[]> heap_;
  const char* data_ = stack_;
  size_t size_ = 0;
};

// Calls `use` with a string's UTF-8. `use` does not call V8, so that characters of ASCII can be read where they lie.
template <typename Use>
auto WithUtf8(v8::Isolate* isolate, v8::Local<v8::String> text, const Use& use) {
  {
    const v8::String::ValueView view(isolate, text);
    if (view.is_one_byte()) {
      const std::string_view chars(reinterpret_cast<const char*>(view.data8()), view.length());
      if (IsAscii(chars)) return use(chars);
    }
  }
  return use(Utf8Chars(isolate, text).view());
}

}  // namespace dv8::node
