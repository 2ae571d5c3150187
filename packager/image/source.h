// Where a program comes from, as the labels of its image tell it: its package.json and its git repository.
#pragma once

#include <map>
#include <string>

namespace dv8 {

// The org.opencontainers.image.* annotations of the program that starts with `entry` (absolute), `name` being the
// executable's: those that there is something to say for. Passwords in addresses are left out.
std::map<std::string, std::string> SourceAnnotations(const std::string& entry, const std::string& name);

}  // namespace dv8
