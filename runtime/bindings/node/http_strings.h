// Strings that clients send again and again (names and values of headers, paths), made once: a request
// like the one before it allocates no text, and names compare by address in the library's switches.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// Of one Environment: Environment::State<HttpStrings>().
class HttpStrings {
 public:
  explicit HttpStrings(Environment* env) : isolate_(env->isolate()) {}

  // The string of `text`, each byte a code point below 256.
  v8::Local<v8::String> Get(std::string_view text);

 private:
  // A text is kept when it comes a second time: those that differ in each message cost no handle.
  struct Entry {
    uint64_t hash = 0;    // Of the text that came last.
    uint32_t length = 0;  // Of the text that is kept.
    std::unique_ptr<char[]> text;
    uint64_t kept_hash = 0;
    v8::Global<v8::String> string;
  };
  static constexpr size_t kEntries = 256;
  static constexpr size_t kLongest = 192;

  v8::Local<v8::String> Make(std::string_view text, v8::NewStringType type);

  v8::Isolate* isolate_;
  std::array<Entry, kEntries> entries_;
};

}  // namespace dv8::node
