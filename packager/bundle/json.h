// A reader of JSON that keeps each value's text, so that what is only passed on (the source
// texts of a source map) is neither unescaped nor escaped again, and what writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dv8 {

class Json {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  // Nothing when `text` is not JSON (RFC 8259) or nests deeper than 200. Borrows `text`.
  static std::optional<Json> Parse(std::string_view text);

  Kind kind() const { return kind_; }
  // The value as it is written.
  std::string_view raw() const { return raw_; }
  // The string it is, unescaped, as UTF-8; empty for other kinds.
  std::string String() const;
  bool IsTrue() const { return raw_ == "true"; }
  const std::vector<Json>& items() const { return items_; }
  const std::vector<std::pair<std::string, Json>>& members() const { return members_; }
  // The member's value, or null.
  const Json* Find(std::string_view key) const;
  // The member's string; empty when there is none.
  std::string StringAt(std::string_view key) const;

 private:
  friend class JsonParser;

  Kind kind_ = Kind::kNull;
  std::string_view raw_;
  std::vector<Json> items_;
  std::vector<std::pair<std::string, Json>> members_;
};

// `text` (UTF-8) as a JSON string in quotes; everything outside printable ASCII but UTF-8's
// own bytes is escaped.
std::string QuoteJson(std::string_view text);

// `text` as a string literal of JavaScript, of ASCII characters.
std::string QuoteJs(std::string_view text);

// Writes an object, its members in the order of the calls.
class JsonObject {
 public:
  JsonObject& AddString(std::string_view key, std::string_view text) { return AddRaw(key, QuoteJson(text)); }
  // `json` is a value as it is written.
  JsonObject& AddRaw(std::string_view key, std::string_view json);
  bool empty() const { return text_.empty(); }
  std::string Text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

// The array of values that are written already, and that of strings.
std::string JsonArray(const std::vector<std::string>& values);
std::string JsonStrings(const std::vector<std::string>& texts);

}  // namespace dv8
