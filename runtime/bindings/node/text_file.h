// Reading a file as node does before there is a program.
#pragma once

#include <string>
#include <variant>

namespace dv8::node {

// The contents of a file; a negative error number when it cannot be opened or read.
std::variant<int, std::string> ReadTextFile(const std::string& path);

}  // namespace dv8::node
