#include "runtime/bindings/node/http_strings.h"

#include <cstring>

namespace dv8::node {
namespace {

uint64_t Load(const char* at, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, at, size);
  return word;
}

// Of the length, the first and last eight bytes and every sixteenth word between: texts that collide are
// told apart by comparison and only take each other's place.
uint64_t HashOf(std::string_view text) {
  constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;
  uint64_t hash = text.size() * kMultiplier;
  const auto mix = [&hash](uint64_t word) {
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 29;
  };
  if (text.size() < 8) {
    mix(Load(text.data(), text.size()));
    return hash;
  }
  for (size_t at = 0; at + 8 <= text.size(); at += 16) mix(Load(text.data() + at, 8));
  mix(Load(text.data() + text.size() - 8, 8));
  return hash;
}

}  // namespace

v8::Local<v8::String> HttpStrings::Make(std::string_view text, v8::NewStringType type) {
  return v8::String::NewFromOneByte(isolate_, reinterpret_cast<const uint8_t*>(text.data()), type, static_cast<int>(text.size()))
      .ToLocalChecked();
}

v8::Local<v8::String> HttpStrings::Get(std::string_view text) {
  if (text.empty()) return v8::String::Empty(isolate_);
  if (text.size() > kLongest) return Make(text, v8::NewStringType::kNormal);
  const uint64_t hash = HashOf(text);
  Entry& entry = entries_[hash % kEntries];
  if (entry.kept_hash == hash && entry.length == text.size() && entry.text != nullptr &&
      std::memcmp(entry.text.get(), text.data(), text.size()) == 0) {
    entry.hash = hash;
    return entry.string.Get(isolate_);
  }
  if (entry.hash != hash) {
    entry.hash = hash;
    return Make(text, v8::NewStringType::kNormal);
  }
  v8::Local<v8::String> string = Make(text, v8::NewStringType::kInternalized);
  entry.text = std::make_unique_for_overwrite<char[]>(text.size());
  std::memcpy(entry.text.get(), text.data(), text.size());
  entry.length = static_cast<uint32_t>(text.size());
  entry.kept_hash = hash;
  entry.string.Reset(isolate_, string);
  return string;
}

}  // namespace dv8::node
