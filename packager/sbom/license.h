// Licences as bills of materials want them told: by SPDX's identifiers.
#pragma once

#include <string>

namespace dv8 {

// Whether `text` is an expression of SPDX's (SPDX 2.3, annex D) whose identifiers are among those that packages use.
bool IsSpdxExpression(const std::string& text);
// Whether it is a single identifier.
bool IsSpdxIdentifier(const std::string& text);

}  // namespace dv8
