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
  enum class Layout { kCompact, kIndented };  // Indented: a member a line, two spaces a level.
  explicit JsonWriter(Layout layout = Layout::kCompact) : layout_(layout) {}

  // Without a name: the text's own value, or an element of an array.
  void BeginObject(std::string_view name = {}) { Begin(name, '{'); }
  void EndObject() { End('}'); }
  void BeginArray(std::string_view name = {}) { Begin(name, '['); }
  void EndArray() { End(']'); }

  void Add(std::string_view name, std::string_view value) {
    Name(name);
    Quote(value);
  }
  void Add(std::string_view name, const char* value) { Add(name, std::string_view(value)); }
  void AddNull(std::string_view name) {
    Name(name);
    text_ += "null";
  }
  // `json` is a value's text.
  void AddJson(std::string_view name, std::string_view json) {
    Name(name);
    text_ += json;
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
    depth_++;
  }
  void End(char bracket) {
    depth_--;
    if (!first_) Break();
    text_ += bracket;
    first_ = false;
  }
  void Break() {
    if (layout_ == Layout::kIndented) text_.append("\n").append(2 * depth_, ' ');
  }
  void Name(std::string_view name) {
    if (!first_) text_ += ',';
    if (depth_ > 0) Break();
    first_ = false;
    if (name.data() == nullptr) return;
    Quote(name);
    text_ += layout_ == Layout::kIndented ? ": " : ":";
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

  const Layout layout_;
  std::string text_;
  size_t depth_ = 0;
  bool first_ = true;
};

}  // namespace dv8::node
