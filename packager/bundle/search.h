// Words in whole files, some of which are megabytes long.
#pragma once

#include <set>
#include <string_view>

namespace dv8 {

// Where `word` is in `text` from `from` on; npos when it is not there.
size_t Find(std::string_view text, std::string_view word, size_t from = 0);

inline bool Contains(std::string_view text, std::string_view word) { return Find(text, word) != std::string_view::npos; }

// Those of `words`, of two bytes at least, that are in `text`; it is read once.
std::set<std::string_view> WordsIn(std::string_view text, const std::set<std::string_view>& words);

}  // namespace dv8
