// Which of the library's globals the program's code names. esbuild's --define puts placeholders in their places, at free
// identifiers only; its output is read for them and thrown away.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// The arguments for esbuild. `globals` are names like "URL".
std::vector<std::string> GlobalDefines(const std::set<std::string>& globals);

// Those of `globals` that esbuild's output names.
std::set<std::string> GlobalsIn(std::string_view output, const std::set<std::string>& globals);

// The output with the globals' own names.
std::string WithoutPlaceholders(std::string_view output);

// Whether the output calls the global `name` in some place without having asked for it before.
bool CallsUnasked(std::string_view output, std::string_view name);

}  // namespace dv8
