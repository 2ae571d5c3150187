// CLI11 behind a wall: it throws, so its code is compiled apart and everything is caught there.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace dv8 {

struct ParsedWords {
  std::map<std::string, std::vector<std::string>> values;  // By option name, without dashes.
  std::vector<std::string> operands;
  std::vector<std::string> unknown;
  std::string error;  // Empty when all is well.
};

// Parses by OptionTable(). Never throws.
ParsedWords ParseWords(const std::vector<std::string>& args) noexcept;

}  // namespace dv8
