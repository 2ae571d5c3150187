// dv8pack run.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

// Replaces dv8pack by the app, which so gets the terminal, the signals and the parent, and
// gives its exit code to it. `name` is the app's argv[0]. Comes back only with an error.
Diagnostic RunExecutable(std::span<const std::byte> executable, const std::string& name, const std::vector<std::string>& arguments);

}  // namespace dv8
