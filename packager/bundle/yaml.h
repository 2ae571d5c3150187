// YAML as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dv8 {

// Values are those of YAML 1.2's core schema, with merge keys (<<); several documents become an array. Nothing for what is
// no YAML, has keys that are no scalars, or grows beyond all measure by its aliases.
std::optional<std::string> YamlAsJson(std::string_view text);

}  // namespace dv8
