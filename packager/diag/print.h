// How dv8pack shows a Diagnostic to its user. Called by packager/cli.
#pragma once

#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

enum class Color { kNo, kYes };

// kYes when `fd` is a terminal and NO_COLOR is not set (https://no-color.org).
Color ColorFor(int fd);

// The text of Diagnostic::ToString() and a line's end; with kYes the place is bold and "error:"
// red. What a file's name holds of control characters is shown as \xNN, so that it cannot speak to
// the terminal.
std::string Format(const Diagnostic& diagnostic, Color color);

}  // namespace dv8
