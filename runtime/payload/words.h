// Lists in the manifest: the packager joins them, the runtime takes them apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// Parts the words of a list: the unit separator of ASCII, which none of them may have.
inline constexpr char kWordSeparator = '\x1f';

inline std::string JoinWords(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(word).push_back(kWordSeparator);
  return text;
}

inline std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    words.push_back(text.substr(0, text.find(kWordSeparator)));
    text.remove_prefix(words.back().size() + 1);
  }
  return words;
}

}  // namespace dv8
