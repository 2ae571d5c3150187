// The text of an .env file: util.parseEnv(), process.loadEnvFile(), node's --env-file, and dv8pack's.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dv8 {

// Names and values in the text's order; a later line of a name stands for itself. Values may be in
// ', " or ` (over several lines; \n becomes a line break in "), lines may begin with "export ", and "#"
// begins a comment outside quotes.
std::vector<std::pair<std::string, std::string>> ParseDotenv(std::string_view text);

}  // namespace dv8
