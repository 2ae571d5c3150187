// One run of esbuild.
#pragma once

#include <string>
#include <vector>

#include "packager/bundle/target.h"
#include "packager/process/process.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Our one script is a classic script for the engine that dv8pack is built with.
inline constexpr char kTarget[] = "--target=" DV8_ESBUILD_TARGET;

// Runs esbuild in `cwd` on `input`, a script without a file of its own.
Result<Outcome> RunEsbuild(const std::string& esbuild, const std::string& cwd,
                           const std::string& input, const std::vector<std::string>& args);

// What we add to esbuild's messages (its standard error) for the user; empty when there is
// nothing to add.
std::string EsbuildHint(std::string_view messages);

}  // namespace dv8
