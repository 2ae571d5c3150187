// Small words of HTTP for dv8:serve. No V8 here.
#pragma once

#include <cstdint>
#include <string_view>

namespace dv8 {

constexpr char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); i++) {
    if (ToLower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Whether a Host field's value has the characters of a host and a port only (RFC 3986), so that no path or user can be
// in the request's URL through it.
constexpr bool IsHost(std::string_view value) {
  for (const char c : value) {
    const bool is_word = (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z');
    if (!is_word && std::string_view("-._~:[]%!$&'()*+,;=").find(c) == std::string_view::npos) return false;
  }
  return true;
}

// The words of a status: "Not Found"; empty for one that has none.
std::string_view ReasonOf(uint32_t status);

}  // namespace dv8
