// Identifiers of JavaScript in esbuild's output, where a byte of a character outside ASCII can only be
// a part of one.
#pragma once

#include <cstddef>
#include <string_view>

namespace dv8 {

inline bool IsIdentifierPart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The identifier that `text` begins with; empty when it begins with none.
inline std::string_view Identifier(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && IsIdentifierPart(text[end])) end++;
  return text.substr(0, end);
}

}  // namespace dv8
