#include "packager/bundle/search.h"

#include <string.h>

#include <algorithm>
#include <vector>

namespace dv8 {
namespace {

size_t StartOf(std::string_view text, size_t at) {
  return static_cast<uint8_t>(text[at]) | static_cast<size_t>(static_cast<uint8_t>(text[at + 1])) << 8;
}

}  // namespace

size_t Find(std::string_view text, std::string_view word, size_t from) {
  if (from > text.size()) return std::string_view::npos;
  // Of the C library: it looks at each byte of `text` once at most.
  const void* found = memmem(text.data() + from, text.size() - from, word.data(), word.size());
  return found == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

std::set<std::string_view> WordsIn(std::string_view text, const std::set<std::string_view>& words) {
  std::set<std::string_view> found;
  std::vector<std::vector<std::string_view>> groups(1);  // Those that begin with the same two bytes.
  std::vector<uint16_t> group_of(1 << 16);
  for (const std::string_view word : words) {
    uint16_t& group = group_of[StartOf(word, 0)];
    if (group == 0) {
      group = static_cast<uint16_t>(groups.size());
      groups.emplace_back();
    }
    groups[group].push_back(word);
  }
  for (size_t at = 0; at + 1 < text.size(); at++) {
    const uint16_t group = group_of[StartOf(text, at)];
    if (group == 0) continue;
    std::erase_if(groups[group], [&](std::string_view word) { return text.substr(at).starts_with(word) && found.insert(word).second; });
    if (groups[group].empty()) group_of[StartOf(text, at)] = 0;
  }
  return found;
}

}  // namespace dv8
