// `dv8pack init`: a folder to start a program in, from one of the templates that dv8pack ships.
#pragma once

#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct TemplateInfo {
  std::string name;
  std::string title;  // Its README's.
};

// The templates in `folder`, by name.
Result<std::vector<TemplateInfo>> ListTemplates(const std::string& folder);

// Writes the template `name` into `target`, which is made, or is an empty folder; the program has the folder's name. Gives
// the files, by their paths in it.
Result<std::vector<std::string>> InitFolder(const std::string& templates, const std::string& name, const std::string& target);

}  // namespace dv8
