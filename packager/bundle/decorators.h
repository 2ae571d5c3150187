// Which files have decorators; what TypeScript's emitDecoratorMetadata would add, and file by file cannot be known.
#pragma once

#include <string>
#include <vector>

namespace dv8 {

// The notice for programs of `files` (absolute) whose tsconfig.json asks for the types of what is decorated; `tsconfig`
// is the one that the user names, or empty. Empty when none does.
std::string DecoratorNotice(const std::vector<std::string>& files, const std::string& tsconfig);

// Whether some line, statement, member or parameter of `file` begins with a decorator.
bool HasDecorator(const std::string& file);

}  // namespace dv8
