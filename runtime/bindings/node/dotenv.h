// The text of an .env file: util.parseEnv(), process.loadEnvFile(), --env-file.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dv8::node {

// Names and values in the text's order; a later line of a name stands for itself. Values may be in
// ', " or ` (over several lines; \n becomes a line break in "), lines may begin with "export ", and "#"
// begins a comment outside quotes.
std::vector<std::pair<std::string, std::string>> ParseDotenv(std::string_view text);

// The contents of a file; a negative error number when it cannot be opened or read.
std::variant<int, std::string> ReadTextFile(const std::string& path);

}  // namespace dv8::node
