// The symbolic links of node_modules folders, by which workspaces and pnpm lead to packages: Node's loader finds packages
// through them, whose files lie elsewhere.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "packager/bundle/bundle.h"

namespace dv8 {

// The links in the node_modules folders above `files` (absolute) that lead to folders with some of them, as embedded
// files of a program with the root `root`.
std::vector<EmbeddedFile> PackageLinks(const std::set<std::string>& files, const std::string& root);

}  // namespace dv8
