// Keeps the output from replacing what the app is made of.
#pragma once

#include <string>
#include <vector>

#include "packager/cli/install.h"
#include "packager/cli/options.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Refuses an output that names, by whatever path, a file of the command line, one of dv8pack's own, or
// a JSON file (package.json, tsconfig.json and what that extends). Before anything is done.
Result<Done> CheckOverwrite(const std::string& output, const Options& options, const Install& install);

// Refuses a file of `option`, --metafile or --sbom, that would replace a file of the command line or one that describes a
// package.
Result<Done> CheckReport(const std::string& option, const std::string& file, const Options& options);

// Refuses an output that is one of the bundled files, which are known after bundling.
Result<Done> CheckOverwrite(const std::string& output, const std::vector<std::string>& inputs);

// Whether both paths lead to the same file. A file that is not there is no other's.
bool IsSameFile(const std::string& a, const std::string& b);

}  // namespace dv8
