// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// The name that takes the fewest insertions, deletions, replacements and swaps of neighbours
// to get from `typed`; empty when all are farther than a third of its
// length (than one, when it is short).
std::string NearestName(std::string_view typed, const std::vector<std::string>& names);

}  // namespace dv8
