// Writes JSON text, member by member: reports that C++ makes.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace dv8::node {

class JsonWriter {
 public:
  // Without a name: the text's own value, or an element of an array.
  void BeginObject(std::string_view name = {}) { Begin(name, '{'); }
  void EndObject() { End('}'); }
  void BeginArray(std::string_view name = {}) { Begin(name, '['); }
  void EndArray() { End(']'); }

  void Add(std::string_view name, std::string_view value) {
    Name(name);
    Quote(value);
  }
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  void Add(std::string_view name, Number value) {
    Name(name);
    if constexpr (std::is_same_v<Number, bool>) {
      text_ += value ? "true" : "false";
    } else if constexpr (std::is_integral_v<Number>) {
      text_ += std::to_string(value);
    } else if (!std::isfinite(value)) {
      text_ += "null";
    } else {
      char digits[32];
      std::snprintf(digits, sizeof(digits), "%.17g", static_cast<double>(value));
      text_ += digits;
    }
  }
  const std::string& text() const { return text_; }

 private:
  void Begin(std::string_view name, char bracket) {
    Name(name);
    text_ += bracket;
    first_ = true;
  }
  void End(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  void Name(std::string_view name) {
    if (!first_) text_ += ',';
    first_ = false;
    if (name.empty()) return;
    Quote(name);
    text_ += ':';
  }
  void Quote(std::string_view value) {
    text_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      if (static_cast<unsigned char>(c) >= 0x20) {
        text_ += c;
        continue;
      }
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(c));
      text_ += escape;
    }
    text_ += '"';
  }

  std::string text_;
  bool first_ = true;
};

}  // namespace dv8::node
