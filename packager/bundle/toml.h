// TOML 1.0 as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dv8 {

// Dates and times become strings. Nothing for what is no TOML.
std::optional<std::string> TomlAsJson(std::string_view text);

}  // namespace dv8
