// Scripts by which shells complete dv8pack's command line, out of the tables of options and commands.
#pragma once

#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

// The script for "bash", "zsh" or "fish", to be sourced. The error is for another shell.
Result<std::string> CompletionScript(const std::string& shell);

}  // namespace dv8
